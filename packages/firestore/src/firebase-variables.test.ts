import { generateKeyPairSync } from 'node:crypto';
import { inspect } from 'node:util';

import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { accountOfEnvironment } from './firebase-variables.ts';
import { googleCredentials } from './google-credentials.ts';
import { createFirestoreSource } from './index.ts';
import type { FirestoreSourceOptions } from './options.ts';

const key = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({
  type: 'pkcs8',
  format: 'pem',
});
const email = 'admin@demo-fire.iam.gserviceaccount.com';
const json = JSON.stringify({
  type: 'service_account',
  project_id: 'demo-of-the-account',
  client_email: email,
  private_key: key,
});

beforeEach(() => {
  const ours = /^(?:FIREBASE_|GOOGLE_|GCLOUD_|FIRESTORE_)/;
  for (const name of Object.keys(process.env)) if (ours.test(name)) vi.stubEnv(name, undefined);
});
afterEach(() => {
  vi.unstubAllEnvs();
});

const split = { FIREBASE_PROJECT_ID: 'demo-fire', FIREBASE_CLIENT_EMAIL: email };
const ofSplit = { account: { projectId: 'demo-fire', clientEmail: email, privateKey: key } };
const ofJson = { account: { projectId: 'demo-of-the-account', clientEmail: email, privateKey: key } };

test.each([
  ['as it is', key],
  ['with \\n for its line breaks', key.replaceAll('\n', '\\n')],
  ['with \\\\n for its line breaks', key.replaceAll('\n', '\\\\n')],
  ['in quotes', `"${key.replaceAll('\n', '\\n')}"`],
  ['with Windows line ends', key.replaceAll('\n', '\r\n')],
  ['with spaces for its line breaks', key.replaceAll('\n', ' ')],
  ['without line breaks', key.replaceAll('\n', '')],
])('FIREBASE_PRIVATE_KEY %s is the key', (_, value) => {
  expect(accountOfEnvironment({ ...split, FIREBASE_PRIVATE_KEY: value })).toEqual(ofSplit);
});

test.each([
  ['FIREBASE_SERVICE_ACCOUNT', json],
  ['FIREBASE_SERVICE_ACCOUNT', `'${json}'`],
  ['FIREBASE_SERVICE_ACCOUNT', Buffer.from(json).toString('base64')],
  ['FIREBASE_SERVICE_ACCOUNT', json.replaceAll('\\n', '\\\\n')],
  ['FIREBASE_SERVICE_ACCOUNT_KEY', json],
  ['FIREBASE_SERVICE_ACCOUNT_JSON', json],
  ['GOOGLE_APPLICATION_CREDENTIALS_JSON', json],
  ['GOOGLE_SERVICE_ACCOUNT_KEY', json],
])('%s holds a service account', (name, value) => {
  expect(accountOfEnvironment({ [name]: value })).toEqual(ofJson);
  // The whole account comes first.
  expect(accountOfEnvironment({ ...split, FIREBASE_PRIVATE_KEY: 'x', [name]: value })).toEqual(ofJson);
});

test('what a web application has of Firebase is no account', () => {
  expect(
    accountOfEnvironment({ FIREBASE_PROJECT_ID: 'demo-fire', FIREBASE_API_KEY: 'public' }),
  ).toBeUndefined();
});

const cut = key.slice(0, 400);
test.each([
  [{ ...split, FIREBASE_PRIVATE_KEY: cut }, 'FIREBASE_PRIVATE_KEY holds a private key that is damaged'],
  [{ ...split }, 'FIREBASE_CLIENT_EMAIL is set and FIREBASE_PRIVATE_KEY is not'],
  [{ FIREBASE_PRIVATE_KEY: key }, 'FIREBASE_PRIVATE_KEY is set and FIREBASE_CLIENT_EMAIL is not'],
  [
    { FIREBASE_SERVICE_ACCOUNT: json.slice(0, 300) },
    "FIREBASE_SERVICE_ACCOUNT does not hold a service account's JSON",
  ],
  [
    { FIREBASE_SERVICE_ACCOUNT: './key.json' },
    "FIREBASE_SERVICE_ACCOUNT does not hold a service account's JSON",
  ],
  [
    { FIREBASE_SERVICE_ACCOUNT: json.replace(/.{200}\\n-----END/, '-----END') },
    'FIREBASE_SERVICE_ACCOUNT holds a service account with a private key that is damaged',
  ],
])('what is wrong with the variables is told, and nothing of them', async (env, fault) => {
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  const error: unknown = await googleCredentials()
    .accessToken()
    .catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({
    code: 'CREDENTIALS_NOT_FOUND',
    message: expect.stringContaining(`Google credentials not found: ${fault}`) as string,
  });
  const shown = inspect(error, { depth: 10, showHidden: true });
  for (const part of key.split('\n').slice(1, 3)) expect(shown).not.toContain(part);
});

async function place(options: FirestoreSourceOptions = {}): Promise<string> {
  const source = await createFirestoreSource(options);
  await source.close();
  return source.binding.project;
}

test('the account names the project, with an emulator too; GOOGLE_CLOUD_PROJECT comes first', async () => {
  vi.stubEnv('FIREBASE_PROJECT_ID', 'demo-fire');
  expect(await place({ emulatorHost: '127.0.0.1:9' })).toBe('demo-fire');
  vi.stubEnv('FIREBASE_SERVICE_ACCOUNT', json);
  expect(await place()).toBe('demo-of-the-account');
  expect(await place({ projectId: 'demo-named' })).toBe('demo-named');
});
