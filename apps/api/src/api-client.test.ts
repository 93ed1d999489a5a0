import { waitForOperation } from '@migrator/engine';
import { createApiClient } from '@migrator/runtime';
import { expect, test } from 'vitest';

import { openTestEnvironment } from './testing/test-environment.ts';

const token = 'a-token-that-is-long-enough';

test('runs a migration, follows it to its end, verifies it and takes it back', async () => {
  await using environment = await openTestEnvironment({ env: { API_TOKEN: token } });
  await environment.firestore.doc('users/ann/trading-journal/1').set({ trades: [1] });
  const client = createApiClient({ url: environment.url, token });
  expect(await client.isReady()).toBe(true);
  const { migrationId } = await client.start();
  const look = () => client.migration(migrationId);
  expect(await waitForOperation(look, { limitMs: 30_000 })).toMatchObject({
    migrationId,
    state: 'completed',
    stats: { createdCount: 1 },
    verification: { isValid: true },
  });
  expect(await client.status()).toMatchObject({
    currentStatus: { state: 'idle' },
    lastMigration: { migrationId },
  });
  const wait = { waitSeconds: 30 };
  expect(await client.run({ verify: false }, wait)).toMatchObject({ stats: { skippedCount: 1 } });
  expect(await client.verify(wait)).toMatchObject({ isValid: true });
  expect(await client.rollBack({ dryRun: false }, wait)).toMatchObject({ success: true, deleted: 1 });
});

test('a problem document becomes an error with its status, code and words', async () => {
  await using environment = await openTestEnvironment({ workers: 0, env: { API_TOKEN: token } });
  const { url } = environment;
  await expect(createApiClient({ url }).status()).rejects.toMatchObject({
    name: 'ApiError',
    status: 401,
    problem: { code: 'UNAUTHORIZED' },
  });
  await expect(createApiClient({ url, token }).cancel()).rejects.toMatchObject({
    status: 409,
    problem: { code: 'NOTHING_RUNNING' },
  });
});

test('a server that is no API, and none at all, are errors too', async () => {
  await using environment = await openTestEnvironment({ workers: 0 });
  const { port } = new URL(environment.context.configured.target.endpoint);
  const other = createApiClient({ url: `http://127.0.0.1:${port}` });
  await expect(other.status()).rejects.toMatchObject({ name: 'ApiError', status: 200, problem: undefined });
  const nothing = createApiClient({ url: 'http://127.0.0.1:1' });
  expect(await nothing.isReady()).toBe(false);
  await expect(nothing.status()).rejects.toMatchObject({ name: 'ApiError', status: undefined });
});

test('the signal ends a call with its reason', async () => {
  const reason = new Error('the caller has had enough');
  const client = createApiClient({ url: 'http://127.0.0.1:1', signal: AbortSignal.abort(reason) });
  await expect(client.status()).rejects.toBe(reason);
  await expect(client.isReady()).rejects.toBe(reason);
});
