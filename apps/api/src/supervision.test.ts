import { startFirestoreProxy } from '@migrator/devkit';
import { expect, inject, test, vi } from 'vitest';

import { basePath } from './api-context.ts';
import { at, openTestEnvironment, type TestEnvironment } from './testing/test-environment.ts';

// The tests share the CPU with each other.
const patiently = { timeout: 90_000, interval: 100 };
vi.setConfig({ testTimeout: 240_000 });
const slowly = { MAX_WRITE_UNITS_PER_SECOND: '60', USER_CONCURRENCY: '1' };

async function fill(
  environment: TestEnvironment,
  users: readonly string[],
  entries: number,
): Promise<number> {
  const writer = environment.firestore.bulkWriter();
  for (const user of users) {
    for (let day = 0; day < entries; day += 1)
      void writer.set(environment.firestore.doc(`users/${user}/trading-journal/day-${day}`), { day });
  }
  await writer.close();
  return users.length * entries;
}

async function current(environment: TestEnvironment): Promise<unknown> {
  return at((await environment.call('GET /status')).body, 'currentStatus');
}

async function untilState(environment: TestEnvironment, state: string): Promise<unknown> {
  return await vi.waitFor(async () => {
    const now = await current(environment);
    expect(at(now, 'state')).toBe(state);
    return now;
  }, patiently);
}

async function untilEnded(environment: TestEnvironment): Promise<unknown> {
  await untilState(environment, 'idle');
  return at((await environment.call('GET /status')).body, 'lastMigration');
}

async function untilProcessed(environment: TestEnvironment, more: number): Promise<void> {
  await vi.waitFor(async () => {
    expect(at(await current(environment), 'progress.processed')).toBeGreaterThan(more);
  }, patiently);
}

/** Presses a button of Bull Board, as its page does. */
async function press(environment: TestEnvironment, path: string): Promise<number> {
  const response = await fetch(`${environment.url}/admin/queues/api/queues/${path}`, { method: 'PUT' });
  return response.status;
}

test.concurrent('a coordinator whose job was removed comes back, and the run ends', async () => {
  await using environment = await openTestEnvironment({ env: slowly });
  const entries = await fill(environment, ['a', 'b', 'c'], 60);
  await environment.call('POST /start');
  await untilProcessed(environment, 0);
  const { coordinators } = environment.context.queues;
  await vi.waitFor(async () => {
    const [job] = await coordinators.getDelayed();
    await job?.remove();
    expect(job).toBeDefined();
  }, patiently);
  await environment.call('PUT /pace', { body: { maxWriteUnitsPerSecond: null } });
  expect(await untilEnded(environment)).toMatchObject({
    state: 'completed',
    stats: { createdCount: entries },
  });
});

test.concurrent('a coordinator that a wrong clock delayed for ten minutes goes on in a moment', async () => {
  await using environment = await openTestEnvironment({ workers: 0 });
  const entries = await fill(environment, ['a'], 5);
  await environment.call('POST /start');
  const { coordinators } = environment.context.queues;
  const job = await vi.waitFor(async () => {
    const [waiting] = await coordinators.getWaiting();
    if (waiting === undefined) throw new Error('no coordinator yet');
    return waiting;
  }, patiently);
  // What a worker leaves whose clock is ten minutes ahead of all the others.
  const { id = '' } = job;
  await job.remove();
  await coordinators.add(job.name, job.data, { ...job.opts, jobId: id, delay: 10 * 60_000 });
  environment.addWorker();
  expect(await untilEnded(environment)).toMatchObject({
    state: 'completed',
    stats: { createdCount: entries },
  });
});

test.concurrent('a lost task is found although a job of an older run waits in the same queue', async () => {
  await using environment = await openTestEnvironment({ env: slowly });
  await fill(environment, ['ann'], 3);
  await environment.firestore.doc('users/ann/trading-journal/large').set({ trades: ['x'.repeat(500_000)] });
  await environment.call('POST /start', { body: { verify: false }, headers: { Prefer: 'wait=60' } });
  await fill(environment, ['bob', 'cid', 'dan'], 120);
  await environment.call('POST /start', { body: { userIds: ['bob', 'cid', 'dan'], verify: false } });
  await untilProcessed(environment, 0);
  const { tasks } = environment.context.queues;
  const [old] = await tasks.getFailed();
  await old?.retry();
  const lost = await vi.waitFor(async () => {
    const waiting = await tasks.getWaiting();
    const job = waiting.find(({ name }) => name === 'migrate dan');
    await job?.remove();
    expect(job).toBeDefined();
    return job;
  }, patiently);
  expect(lost?.name).toBe('migrate dan');
  await environment.call('PUT /pace', { body: { maxWriteUnitsPerSecond: null } });
  await vi.waitFor(async () => {
    const runs = (await environment.call('GET /migrations')).body;
    expect(at(runs, 'migrations.0')).toMatchObject({ state: 'completed', stats: { totalProcessed: 360 } });
  }, patiently);
});

test.concurrent('without any worker the status says so, and a cancel ends', async () => {
  await using environment = await openTestEnvironment({ workers: 0 });
  await fill(environment, ['a'], 3);
  await environment.call('POST /start');
  expect(await current(environment)).toMatchObject({
    state: 'listing',
    progress: { reason: expect.stringMatching(/^no worker is running: start at least one/) as string },
    workers: { live: 0, tasks: 0 },
  });
  await environment.call('POST /cancel');
  expect(await untilEnded(environment)).toMatchObject({ state: 'cancelled', stats: { totalProcessed: 0 } });
});

test.concurrent('once the last worker has gone the rate is 0, there is no ETA, and the status says what to do', async () => {
  await using environment = await openTestEnvironment({
    workers: 0,
    env: { ...slowly, MAX_WRITE_UNITS_PER_SECOND: '300' },
  });
  const entries = await fill(environment, ['a', 'b', 'c'], 400);
  const worker = environment.addWorker();
  await environment.call('POST /start');
  await vi.waitFor(async () => {
    const now = await current(environment);
    expect(at(now, 'progress.entriesPerSecond')).toBeGreaterThan(0);
    expect(at(now, 'progress.etaSeconds')).toBeGreaterThan(0);
  }, patiently);
  await worker.stop();
  await vi.waitFor(async () => {
    expect(await current(environment)).toMatchObject({
      progress: {
        total: entries,
        entriesPerSecond: 0,
        etaSeconds: null,
        reason: expect.stringMatching(/^no worker is running/) as string,
      },
    });
  }, patiently);
});

test.concurrent('while a run ends with its verification, and while a rollback goes on, there is an ETA', async () => {
  // Each call comes late, so that a verification takes some seconds.
  await using slow = await startFirestoreProxy({
    emulatorHost: inject('services').FIRESTORE_EMULATOR_HOST,
    faults: { seed: 1, perThousand: { delay: 1_000 } },
  });
  await using environment = await openTestEnvironment({
    env: { USER_CONCURRENCY: '1', FIRESTORE_EMULATOR_HOST: slow.emulatorHost },
  });
  const users = Array.from({ length: 20 }, (_, index) => `user-${index}`);
  await fill(environment, users, 100);
  await environment.call('POST /start');
  await vi.waitFor(async () => {
    const now = await current(environment);
    expect(at(now, 'state')).toBe('verifying');
    expect(at(now, 'progress.entriesPerSecond')).toBeGreaterThan(0);
    expect(at(now, 'progress.etaSeconds')).not.toBeNull();
  }, patiently);
  await untilEnded(environment);
  await environment.call('PUT /pace', { body: { maxWriteUnitsPerSecond: 200 } });
  await environment.call('POST /rollback', { body: { dryRun: false }, headers: { Prefer: 'wait=0' } });
  await vi.waitFor(async () => {
    const now = await current(environment);
    expect(now).toMatchObject({ state: 'rolling-back', progress: { total: 2_000 } });
    expect(at(now, 'progress.etaSeconds')).toBeGreaterThan(0);
  }, patiently);
});

test.concurrent('without any worker a verification does not hang: it answers with its progress and the reason', async () => {
  await using environment = await openTestEnvironment({ workers: 0 });
  const { status, body } = await environment.call('GET /verify', { headers: { Prefer: 'wait=600' } });
  expect(status).toBe(202);
  expect(body).toMatchObject({
    isValid: null,
    message: expect.stringMatching(/^The verification waits: no worker is running/) as string,
    progress: { reason: expect.stringMatching(/^no worker is running/) as string },
  });
});

test.concurrent('a live worker is counted until it has stopped', async () => {
  await using environment = await openTestEnvironment({ workers: 0 });
  const worker = environment.addWorker();
  await vi.waitFor(
    async () => expect(await current(environment)).toMatchObject({ workers: { live: 1 } }),
    patiently,
  );
  await worker.stop();
  await vi.waitFor(
    async () => expect(await current(environment)).toMatchObject({ workers: { live: 0 } }),
    patiently,
  );
});

test.concurrent.each([
  ['Pause all', 'pause'],
  ['the pause of the users', 'users/pause'],
  ['the pause of the runs', 'runs/pause'],
])('Bull Board: %s is the pause of the run, resumed from either side', async (_name, button) => {
  await using environment = await openTestEnvironment({ env: slowly });
  const entries = await fill(environment, ['a', 'b', 'c'], 150);
  await environment.call('POST /start', { body: { verify: false } });
  await untilProcessed(environment, 0);
  expect(await press(environment, button)).toBe(200);
  const paused = await untilState(environment, 'paused');
  expect(at(paused, 'progress.reason')).toMatch(/^paused on Bull Board/);
  const before = at(await current(environment), 'progress.processed');
  // A supervisor that undid it would have done so by its second tick.
  const { tasks } = environment.context.queues;
  const since = Date.now();
  await vi.waitUntil(async () => !(await tasks.isPaused()) || Date.now() - since > 3_000, {
    timeout: 10_000,
  });
  expect(await current(environment)).toMatchObject({ state: 'paused', progress: { processed: before } });
  await environment.call('POST /resume');
  await untilProcessed(environment, Number(before));
  await environment.call('POST /pause');
  await untilState(environment, 'paused');
  await press(environment, 'resume');
  await untilState(environment, 'migrating');
  await environment.call('PUT /pace', { body: { maxWriteUnitsPerSecond: null } });
  expect(await untilEnded(environment)).toMatchObject({
    state: 'completed',
    stats: { createdCount: entries },
  });
});

test.concurrent('Bull Board: paused with nothing running, the next run begins paused and says why; a cancel ends it', async () => {
  await using environment = await openTestEnvironment();
  const entries = await fill(environment, ['a'], 3);
  await press(environment, 'pause');
  await environment.call('POST /start', { body: { verify: false } });
  expect(at(await untilState(environment, 'paused'), 'progress.reason')).toMatch(/^paused on Bull Board/);
  await environment.call('POST /cancel');
  const cancelled = await untilEnded(environment);
  expect(cancelled).toMatchObject({ state: 'cancelled' });
  await vi.waitFor(async () => {
    const id = `${String(at(cancelled, 'migrationId'))}.coordinator`;
    const job = await environment.context.queues.coordinators.getJob(id);
    expect(job).toMatchObject({ returnvalue: 'cancelled', progress: { progress: 0 } });
  }, patiently);
  await environment.call('POST /start', { body: { verify: false } });
  expect(await untilEnded(environment)).toMatchObject({
    state: 'completed',
    stats: { createdCount: entries },
  });
});

test.concurrent('Bull Board: emptying, cleaning and removing leave the totals right; adding, editing and obliterating are refused', async () => {
  await using environment = await openTestEnvironment({ env: slowly });
  const entries = await fill(environment, ['a', 'b', 'c', 'd'], 40);
  await environment.call('POST /start');
  await untilProcessed(environment, 0);
  for (const queue of ['users', 'runs']) {
    for (const button of [
      'empty',
      'clean/waiting',
      'clean/delayed',
      'clean/active',
      'clean/completed',
      'promote',
    ])
      expect(await press(environment, `${queue}/${button}`), `${queue}/${button}`).toBe(200);
    expect(await press(environment, `${queue}/obliterate`)).toBe(403);
  }
  const added = await fetch(`${environment.url}/admin/queues/api/queues/users/add`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ name: 'x', data: {}, options: {} }),
  });
  expect(added.status).toBe(403);
  expect(await added.json()).toMatchObject({
    message: expect.stringMatching(/^Only runs create jobs/) as string,
  });
  await environment.call('PUT /pace', { body: { maxWriteUnitsPerSecond: null } });
  expect(await untilEnded(environment)).toMatchObject({
    state: 'completed',
    stats: { totalProcessed: entries, createdCount: entries, users: { listed: 4, completed: 4 } },
    verification: { isValid: true },
  });
});

test.concurrent('Bull Board: a long retry of a job has its coordinator at once, and keeps others out', async () => {
  await using environment = await openTestEnvironment({ env: slowly });
  await fill(environment, ['ann'], 3);
  const large = Array.from({ length: 30 }, (_, day) =>
    environment.firestore.doc(`users/ann/trading-journal/x${day}`),
  );
  for (const doc of large) await doc.set({ trades: ['x'.repeat(500_000)] });
  const { body } = await environment.call('POST /start', {
    body: { verify: false },
    headers: { Prefer: 'wait=60' },
  });
  const id = String(at(body, 'migrationId'));
  for (const doc of large) await doc.set({ trades: ['x'.repeat(9_000)] });
  const { coordinators, tasks } = environment.context.queues;
  const [job] = await tasks.getFailed();
  expect(await press(environment, `users/${encodeURIComponent(job?.id ?? '')}/retry/failed`)).toBeLessThan(
    500,
  );
  await job?.retry().catch(() => undefined);
  await untilState(environment, 'migrating');
  const coordinator = await coordinators.getJob(`${id}.coordinator`);
  expect(['delayed', 'waiting', 'active']).toContain(await coordinator?.getState());
  for (const call of ['GET /verify', 'POST /rollback', 'POST /start'])
    expect((await environment.call(call, call.startsWith('POST') ? { body: {} } : {})).status).toBe(409);
  await environment.call('PUT /pace', { body: { maxWriteUnitsPerSecond: null } });
  expect(await untilEnded(environment)).toMatchObject({
    migrationId: id,
    state: 'completed',
    stats: { totalProcessed: 33, createdCount: 33, failureCount: 0, users: { completed: 1, failed: 0 } },
  });
});

test.concurrent('jobs that were added, copied or edited by hand are refused and counted nowhere', async () => {
  await using environment = await openTestEnvironment({ env: slowly });
  const entries = await fill(environment, ['a', 'b'], 30);
  const { body } = await environment.call('POST /start', { body: { verify: false } });
  const operationId = String(at(body, 'migrationId'));
  await untilProcessed(environment, 0);
  const { tasks } = environment.context.queues;
  const forged = [
    await tasks.add('copy', { operationId, task: 'user:a' }, { jobId: 'copy-1' }),
    await tasks.add('other user', { operationId, task: 'user:mallory' }, { jobId: 'copy-2' }),
    await tasks.add('nonsense', { operationId, task: 'nothing' }, { jobId: 'copy-3' }),
    await tasks.add('empty', {} as never, { jobId: 'copy-4' }),
  ];
  await environment.call('PUT /pace', { body: { maxWriteUnitsPerSecond: null } });
  expect(await untilEnded(environment)).toMatchObject({
    state: 'completed',
    stats: { totalProcessed: entries, users: { listed: 2, completed: 2, failed: 0 } },
  });
  for (const { id = '' } of forged) {
    await vi.waitFor(async () => {
      const job = await tasks.getJob(id);
      expect(job?.failedReason).toMatch(/^not a job of this migration/);
    }, patiently);
  }
});

test.concurrent('while Firestore throttles, a start answers with its words and opens nothing, also for a caller who has gone', async () => {
  await using proxy = await startFirestoreProxy({ emulatorHost: inject('services').FIRESTORE_EMULATOR_HOST });
  await using environment = await openTestEnvironment({
    env: { FIRESTORE_EMULATOR_HOST: proxy.emulatorHost },
  });
  await fill(environment, ['a'], 3);
  proxy.always('resource-exhausted');
  const impatient = new AbortController();
  const gone = fetch(`${environment.url}${basePath}/start`, { method: 'POST', signal: impatient.signal });
  await vi.waitFor(() => expect(proxy.faults.total).toBeGreaterThan(0), patiently);
  impatient.abort();
  await expect(gone).rejects.toThrow(/aborted/);
  expect(await environment.call('POST /start')).toMatchObject({
    status: 503,
    body: { code: 'SOURCE_THROTTLED' },
  });
  proxy.always(undefined);
  // A waiting task would start now.
  expect(
    (await environment.call('POST /start', { body: { dryRun: true }, headers: { Prefer: 'wait=60' } }))
      .status,
  ).toBe(200);
  expect((await environment.call('GET /migrations')).body).toMatchObject({ migrations: [{ dryRun: true }] });
});

test.concurrent('a round that Firestore throttles ends in time: the status has its words, and a cancel ends', async () => {
  await using proxy = await startFirestoreProxy({ emulatorHost: inject('services').FIRESTORE_EMULATOR_HOST });
  await using environment = await openTestEnvironment({
    workers: 0,
    env: { FIRESTORE_EMULATOR_HOST: proxy.emulatorHost },
  });
  await fill(environment, ['a'], 3);
  await environment.call('POST /start');
  proxy.always('resource-exhausted');
  environment.addWorker();
  await vi.waitFor(async () => {
    expect(at(await current(environment), 'progress.reason')).toMatch(/^SOURCE_THROTTLED: /);
  }, patiently);
  await environment.call('POST /cancel');
  expect(await untilEnded(environment)).toMatchObject({ state: 'cancelled' });
});

test.concurrent('a cancel ends although the worker of an attempt is gone, and only when that can write no more', async () => {
  await using environment = await openTestEnvironment({ workers: 0 });
  await fill(environment, ['a'], 3);
  const { body } = await environment.call('POST /start');
  const { ledger, binding } = environment.context;
  // What a killed worker leaves.
  await ledger.startTask(String(at(body, 'migrationId')), 'user:a', { binding: await binding() });
  await environment.call('POST /cancel');
  expect(
    await vi.waitFor(async () => {
      const now = await current(environment);
      expect(at(now, 'progress.reason')).toMatch(/^LEASES_OUTSTANDING: /);
      return at(now, 'state');
    }, patiently),
  ).toBe('cancelling');
  expect(await untilEnded(environment)).toMatchObject({ state: 'cancelled' });
});
