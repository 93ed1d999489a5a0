import { expect, test } from 'vitest';

import { at, openTestEnvironment, type TestEnvironment } from '../testing/test-environment.ts';

const wait = { headers: { Prefer: 'wait=50' } };
const user = 'marked-user';
const contents = 'marked-contents';
const secrets = {
  API_TOKEN: 'marked-full-token-0123',
  API_READ_TOKEN: 'marked-read-token-0123',
  AWS_SESSION_TOKEN: 'marked-session-token',
};

test('of a run with everything that can happen, neither logs nor jobs say what is in an entry, or a secret', async () => {
  await using environment = await openTestEnvironment({ env: secrets });
  await runEverything(environment);
  const said = await everythingSaid(environment, secrets.API_TOKEN);
  expect(said).toContain(user);
  for (const never of [contents, 'marked-full', 'marked-read', 'marked-session'])
    expect(said).not.toContain(never);
});

test('with HIDE_USER_DATA, logs, jobs and answers name no user and show no contents', async () => {
  await using environment = await openTestEnvironment({ env: { ...secrets, HIDE_USER_DATA: 'true' } });
  const answers = await runEverything(environment);
  const said = await everythingSaid(environment, secrets.API_TOKEN);
  for (const text of [said, JSON.stringify(answers)]) {
    expect(text).not.toContain(user);
    expect(text).not.toContain(contents);
  }
  const [failed] = await environment.context.queues.tasks.getFailed();
  expect(failed?.name).toMatch(/^migrate user-[0-9a-f]{16}$/);
  expect(failed?.failedReason).toBe('1 entry failed: 1 ITEM_TOO_LARGE');
  const run = answers[0];
  const [, label] = failed?.name.split(' ') ?? [];
  expect(at(run, 'stats.errors.0')).toEqual({
    path: `users/${label}/trading-journal/large`,
    code: 'ITEM_TOO_LARGE',
    message: 'ITEM_TOO_LARGE (details are hidden)',
  });
  const different = at(answers[1], 'issues') as { kind: string; path: string; fields: object[] }[];
  expect(different.find(({ kind }) => kind === 'source-changed' || kind === 'different')).toMatchObject({
    path: `users/${label}/trading-journal/1`,
    dateKey: `journal_${label}_1`,
  });
});

/** A run with a failed entry, a verification with a difference, a rollback that keeps something. */
async function runEverything(environment: TestEnvironment): Promise<unknown[]> {
  const headers = { ...wait.headers, Authorization: `Bearer ${secrets.API_TOKEN}` };
  const call = async (request: string, body?: unknown): Promise<unknown> =>
    (await environment.call(request, { headers, body })).body;
  const entry = (date: string) => environment.firestore.doc(`users/${user}/trading-journal/${date}`);
  await entry('1').set({ trades: [contents] });
  await entry('large').set({ trades: [contents + 'x'.repeat(500_000)] });
  const run = await call('POST /start', { userIds: [user] });
  await entry('1').set({ trades: [`${contents} changed`] });
  const verified = await call('GET /verify');
  const answers = [run, verified, await call('GET /status')];
  const id = String(at(run, 'migrationId'));
  for (const path of [`/migrations/${id}/failures`, '/migrations', `/migrations/${id}`])
    answers.push(await call(`GET ${path}`));
  answers.push(await call('POST /rollback', { dryRun: true }));
  answers.push(await call(`GET /verifications/${String(at(verified, 'verificationId'))}`));
  return answers;
}

/** All log lines, all that Redis keeps of jobs, and what Bull Board and Prometheus are shown. */
async function everythingSaid(environment: TestEnvironment, token: string): Promise<string> {
  const { queues } = environment.context;
  const said = [...environment.lines];
  for (const queue of [queues.coordinators, queues.tasks]) {
    for (const job of await queue.getJobs()) {
      // The payload of a user's job has to name the user; Bull Board's page is looked at below.
      const { data: _data, ...shown } = job.toJSON();
      said.push(JSON.stringify(shown), ...(await queue.getJobLogs(job.id ?? '')).logs);
    }
  }
  const headers = { Authorization: `Bearer ${token}` };
  for (const queue of ['runs', 'users']) {
    for (const status of ['completed', 'failed']) {
      const path = `//admin/queues/api/queues?activeQueue=${queue}&status=${status}&page=1&jobsPerPage=50`;
      const { body } = await environment.call(`GET ${path}`, { headers });
      expect(at(body, 'queues.1.name')).toBe('users');
      said.push(JSON.stringify(body));
    }
  }
  said.push(String((await environment.call('GET //metrics', { headers })).body));
  return said.join('\n');
}
