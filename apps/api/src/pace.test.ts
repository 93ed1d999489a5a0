import { expect, test, vi } from 'vitest';

import { at, openTestEnvironment, type TestEnvironment } from './testing/test-environment.ts';

async function fill(environment: TestEnvironment, users: number, entries: number): Promise<void> {
  const batch = environment.firestore.batch();
  const journals = Array.from({ length: users }, (_, user) =>
    environment.firestore.collection('users').doc(`user-${user}`).collection('trading-journal'),
  );
  for (const journal of journals) {
    for (let day = 0; day < entries; day += 1)
      batch.set(journal.doc(`day-${String(day).padStart(3, '0')}`), { note: 'x'.repeat(2_000) });
  }
  await batch.commit();
}

test('the budget of the environment holds, the status says so, and a person lifts it', async () => {
  await using environment = await openTestEnvironment({
    workers: 2,
    env: { MAX_WRITE_UNITS_PER_SECOND: '60' },
  });
  await fill(environment, 4, 100);
  const startedAt = performance.now();
  expect((await environment.call('POST /start', { body: { verify: false } })).status).toBe(202);
  await vi.waitFor(
    async () => {
      const { body } = await environment.call('GET /status');
      expect(at(body, 'currentStatus.progress.pace')).toMatchObject({
        maxWriteUnitsPerSecond: 60,
        limitedBy: 'budget',
      });
      expect(at(body, 'currentStatus.progress.pace.writeUnitsPerSecond')).toBeGreaterThan(30);
    },
    { timeout: 20_000, interval: 200 },
  );
  await environment.call('POST /pause');
  const paused = await vi.waitFor(
    async () => {
      const { body } = await environment.call('GET /status');
      expect(at(body, 'currentStatus.state')).toBe('paused');
      return body;
    },
    { timeout: 20_000, interval: 100 },
  );
  const seconds = (performance.now() - startedAt) / 1_000;
  expect(at(paused, 'currentStatus.progress.pace.limitedBy')).toBe('paused');
  const tasks = Number(at(paused, 'currentStatus.progress.outcomes.writeUnits'));
  expect(tasks).toBeGreaterThan(0);
  expect(tasks).toBeLessThanOrEqual(60 * (seconds + 1));
  await environment.call('POST /resume');

  const lifted = await environment.call('PUT /pace', { body: { maxWriteUnitsPerSecond: null } });
  expect(lifted.status).toBe(200);
  expect(at(lifted.body, 'currentStatus.progress.pace.maxWriteUnitsPerSecond')).toBeNull();
  await vi.waitFor(
    async () => {
      const { body } = await environment.call('GET /status');
      expect(at(body, 'lastMigration.stats.createdCount')).toBe(400);
    },
    { timeout: 30_000, interval: 100 },
  );
});

test('a limit that is set during a run ends with it; one that is set before holds; the idle status shows which', async () => {
  await using environment = await openTestEnvironment({ env: { MAX_WRITE_UNITS_PER_SECOND: '60' } });
  await fill(environment, 2, 60);
  const inForce = async (): Promise<unknown> =>
    at((await environment.call('GET /status')).body, 'currentStatus.maxWriteUnitsPerSecond');
  expect(await inForce()).toBe(60);
  await environment.call('POST /start', { body: { verify: false } });
  await environment.call('PUT /pace', { body: { maxWriteUnitsPerSecond: 5_000 } });
  expect(await inForce()).toBe(5_000);
  await vi.waitFor(
    async () => {
      const { body } = await environment.call('GET /status');
      expect(at(body, 'lastMigration.stats.createdCount')).toBe(120);
    },
    { timeout: 30_000, interval: 100 },
  );
  expect(await inForce()).toBe(60);
  await environment.call('PUT /pace', { body: { maxWriteUnitsPerSecond: 700 } });
  await environment.call('POST /start', { body: { verify: false }, headers: { Prefer: 'wait=60' } });
  expect(await inForce()).toBe(700);
});

test.each([
  [{}],
  [{ maxWriteUnitsPerSecond: 0 }],
  [{ maxWriteUnitsPerSecond: '9' }],
  [{ maxWriteUnitsPerSecond: 9, x: 1 }],
])('PUT /pace refuses %j', async (body) => {
  await using environment = await openTestEnvironment({ workers: 0 });
  const answer = await environment.call('PUT /pace', { body });
  expect(answer.status).toBe(400);
  expect(at(answer.body, 'code')).toBe('INVALID_REQUEST');
});
