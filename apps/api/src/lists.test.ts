import { createApiClient } from '@migrator/runtime';
import { expect, test, vi } from 'vitest';

import { at, openTestEnvironment } from './testing/test-environment.ts';

const wait = { headers: { Prefer: 'wait=60' } };

test('dry runs, verifications and rollbacks are listed newest first, and each is reachable', async () => {
  await using environment = await openTestEnvironment();
  const client = createApiClient({ url: environment.url });
  await environment.firestore.doc('users/ann/trading-journal/1').set({ trades: [1] });
  const dry = at(
    (await environment.call('POST /start', { ...wait, body: { dryRun: true } })).body,
    'migrationId',
  );
  expect((await client.status()).lastOutcome).toMatchObject({
    kind: 'migration',
    id: dry,
    state: 'completed',
    message: 'Dry run completed: 1 entry: 1 would be migrated, 0 skipped, 0 failed',
  });
  const run = at((await environment.call('POST /start', wait)).body, 'migrationId');
  expect((await client.status()).lastOutcome).toMatchObject({
    kind: 'migration',
    id: run,
    message: 'Migration completed: 1 entry: 1 migrated, 0 skipped, 0 failed. Verification shows no issues',
  });
  expect((await client.migrations()).migrations.map(({ migrationId }) => migrationId)).toEqual([run, dry]);
  await environment.firestore.doc('users/ann/trading-journal/1').set({ trades: [2] });
  const verified = (await client.verify({ waitSeconds: 60 })).verificationId;
  expect((await client.status()).lastOutcome).toMatchObject({
    kind: 'verification',
    id: verified,
    state: 'completed-with-failures',
    message: expect.stringMatching(/^Data mismatch: /) as string,
  });
  const { verifications } = await client.verifications();
  expect(verifications).toMatchObject([
    { verificationId: verified, isValid: false, migrationId: null, mode: 'full' },
    { isValid: true, migrationId: run },
  ]);
  for (const { verificationId } of verifications)
    expect(await client.verification(verificationId)).toMatchObject({ verificationId });

  const dryRollback = (await client.rollBack({}, { waitSeconds: 60 })).rollbackId;
  const rollback = (await client.rollBack({ dryRun: false, migrationId: String(run) }, { waitSeconds: 60 }))
    .rollbackId;
  const { rollbacks } = await client.rollbacks();
  expect(rollbacks).toMatchObject([
    { rollbackId: rollback, dryRun: false, migrationId: run, deleted: 1 },
    { rollbackId: dryRollback, dryRun: true, migrationId: null },
  ]);
  for (const { rollbackId } of rollbacks)
    expect(await client.rollback(rollbackId)).toMatchObject({ rollbackId });
  expect((await client.status()).lastOutcome).toMatchObject({ kind: 'rollback', id: rollback });
});

test('lists go on from page to page', async () => {
  await using environment = await openTestEnvironment({ workers: 0 });
  const { ledger, binding } = environment.context;
  const client = createApiClient({ url: environment.url });
  const opened: string[] = [];
  for (let each = 0; each < 45; each += 1) {
    const now = new Date();
    const result = await ledger.open({ kind: 'rollback', dryRun: true }, { now, binding: await binding() });
    if (!result.opened) throw new Error('not opened');
    opened.unshift(result.operation.id);
    await ledger.close(result.operation.id, { state: 'completed', now });
  }
  const listed: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await client.rollbacks(cursor === undefined ? {} : { cursor });
    listed.push(...page.rollbacks.map(({ rollbackId }) => rollbackId));
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  expect(listed).toEqual(opened);
});

test('the live workers are listed with what they are, and are counted in the metrics', async () => {
  await using environment = await openTestEnvironment({ workers: 0 });
  const client = createApiClient({ url: environment.url });
  expect(await client.workers()).toEqual({ workers: [] });
  const worker = environment.addWorker();
  await vi.waitFor(async () => {
    expect(await client.workers()).toMatchObject({
      workers: [
        { pid: process.pid, version: expect.stringMatching(/^\d+\.\d+/) as string, tasks: 0, mismatch: null },
      ],
    });
  }, 20_000);
  expect(String((await environment.call('GET //metrics')).body)).toMatch(/^migrator_workers 1$/m);
  await worker.stop();
  await vi.waitFor(async () => expect(await client.workers()).toEqual({ workers: [] }), 20_000);
});
