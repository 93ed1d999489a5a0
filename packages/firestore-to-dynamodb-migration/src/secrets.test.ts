import { generateKeyPairSync } from 'node:crypto';
import { inspect } from 'node:util';

import { afterEach, expect, test, vi } from 'vitest';

import { executeMigration } from './index.ts';
import { openTestEnvironment } from './test-support/open-test-environment.ts';

const key = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({
  type: 'pkcs8',
  format: 'pem',
});
const keyLine = key.split('\n')[1]?.slice(0, 32) ?? '';
const password = 'Kan@rie/v0gel';
const env = {
  GOOGLE_CLOUD_PROJECT: 'demo-secrets',
  AWS_REGION: 'us-east-1',
  AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:1',
};

afterEach(() => vi.unstubAllEnvs());

test.each([
  ['JSON', JSON.stringify({ type: 'service_account', client_email: 'a@b.example', private_key: key })],
  ['base64', Buffer.from(key).toString('base64')],
  ['a key or certificate', key],
])('a Google key in the variable as %s is nowhere in the error', async (content, value) => {
  vi.stubEnv('GOOGLE_APPLICATION_CREDENTIALS', value);
  await using environment = await openTestEnvironment();
  const error = await failureOf({ env: { ...environment.env, FIRESTORE_EMULATOR_HOST: '' }, redis: false });
  expect(error).toMatchObject({
    code: 'CREDENTIALS_NOT_FOUND',
    message: expect.stringContaining(`holds ${content}, not a path`),
  });
  for (const part of [keyLine, Buffer.from(key).toString('base64').slice(0, 40)])
    expect(inspect(error, { depth: 20, showHidden: true })).not.toContain(part);
});

test.each([
  `redis://:${encodeURIComponent(password)}@127.0.0.1:1`,
  `redis://:${encodeURIComponent(password)}@127.0.0.1:1,127.0.0.1:2`,
])('a password of Redis is nowhere in the error', async (redisUrl) => {
  const error = await failureOf({ env, redisUrl });
  expect(error).toMatchObject({ code: 'REDIS_UNAVAILABLE' });
  const shown = inspect(error, { depth: 20, showHidden: true });
  for (const part of [password, encodeURIComponent(password), 'v0gel']) expect(shown).not.toContain(part);
});

async function failureOf(options: Parameters<typeof executeMigration>[0]): Promise<unknown> {
  return executeMigration({ stateFile: false, ...options }).then(
    () => expect.unreachable(),
    (error: unknown) => error,
  );
}
