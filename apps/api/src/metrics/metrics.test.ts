import { readFile } from 'node:fs/promises';

import { expect, test, vi } from 'vitest';

import { openTestEnvironment, type TestEnvironment } from '../testing/test-environment.ts';

/** What a query names beside functions and labels. */
const metricName = /\b(?:migrator|process|nodejs)_[a-z0-9_]+/g;

test('every metric that the dashboard and the alerts name is there after a run, and adds up', async () => {
  await using environment = await openTestEnvironment();
  await environment.firestore.doc('users/ann/trading-journal/1').set({ trades: [1] });
  await environment.firestore.doc('users/ann/trading-journal/large').set({ trades: ['x'.repeat(500_000)] });
  await environment.call('POST /start', { headers: { Prefer: 'wait=50' } });

  // Workers put theirs up every few seconds.
  const series = await vi.waitFor(
    async () => {
      const all = await seriesOf(environment);
      expect(all.get('migrator_entries_total{outcome="created",process="worker"}')).toBe(1);
      return all;
    },
    { timeout: 20_000, interval: 200 },
  );
  expect(series.get('migrator_entries_total{outcome="failed",process="worker"}')).toBe(1);
  expect(series.get('migrator_run_entries{outcome="created"}')).toBe(1);
  expect(series.get('migrator_run_entries{outcome="failed"}')).toBe(1);
  expect(series.get('migrator_run_users{state="failed"}')).toBe(1);
  expect(series.get('migrator_run_failures{code="ITEM_TOO_LARGE"}')).toBe(1);
  expect(series.get('migrator_run_state{state="completed-with-failures"}')).toBe(1);
  expect(series.get('migrator_state{state="idle"}')).toBe(1);
  expect(series.get('migrator_capacity_units_total{kind="write",process="worker"}')).toBe(1);
  expect(series.get('migrator_write_duration_seconds_count{call="dynamodb.putOwned",process="worker"}')).toBe(
    1,
  );
  expect(
    series.get('migrator_read_duration_seconds_count{call="firestore.readPage",process="worker"}'),
  ).toBeGreaterThan(0);
  expect(series.get('migrator_queue_jobs{queue="users",state="failed"}')).toBe(1);
  expect(series.get('migrator_redis_up')).toBe(1);

  const names = new Set([...series.keys()].map((one) => one.replace(/\{.*/, '')));
  // Only what goes wrong makes these.
  names.add('migrator_retries_total').add('migrator_call_errors_total');
  const types = await typesOf(environment);
  for (const name of ['migrator_retries_total', 'migrator_call_errors_total']) expect(types).toContain(name);
  const shown = await readFile(new URL('../../../../deploy/grafana-dashboard.json', import.meta.url), 'utf8');
  for (const name of [
    'migrator_run_finished_timestamp_seconds',
    'migrator_run_state',
    'migrator_verification_valid',
    'migrator_verification_issues',
    'migrator_workers',
    'migrator_worker_tasks',
  ])
    expect(shown).toContain(name);
  for (const file of ['grafana-dashboard.json', 'prometheus-alerts.yml']) {
    const text = await readFile(new URL(`../../../../deploy/${file}`, import.meta.url), 'utf8');
    const queries = [...text.matchAll(/"?expr"?: (.*)/g)].map(([, query]) => query ?? '');
    expect(queries.length).toBeGreaterThan(8);
    for (const name of queries.flatMap((query) => query.match(metricName) ?? []))
      expect(names, file).toContain(name);
  }
});

test('what a read-only token may look at says nothing of users', async () => {
  await using environment = await openTestEnvironment();
  await environment.firestore.doc('users/somebody/trading-journal/1').set({ trades: [1] });
  await environment.call('POST /start', { headers: { Prefer: 'wait=50' } });
  expect(String((await environment.call('GET //metrics')).body)).not.toContain('somebody');
});

async function seriesOf(environment: TestEnvironment): Promise<Map<string, number>> {
  const { status, body } = await environment.call('GET //metrics');
  expect(status).toBe(200);
  const lines = String(body)
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line): [string, number] => [
      line.slice(0, line.lastIndexOf(' ')),
      Number(line.slice(line.lastIndexOf(' '))),
    ]),
  );
}

async function typesOf(environment: TestEnvironment): Promise<string[]> {
  const { body } = await environment.call('GET //metrics');
  return [...String(body).matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name ?? '');
}
