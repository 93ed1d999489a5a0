import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createFirestoreSource } from './index.ts';
import { googleCredentials } from './google-credentials.ts';

// Apart from the other test of credentials: firebase-admin keeps the first application default credentials of a process.

const whatToSet = {
  code: 'CREDENTIALS_NOT_FOUND',
  message: expect.stringContaining('GOOGLE_APPLICATION_CREDENTIALS'),
};
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'credentials-'));
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

test('credentials that are not there say what to set', async () => {
  vi.stubEnv('GOOGLE_APPLICATION_CREDENTIALS', join(folder, 'no-such-file.json'));
  vi.stubEnv('GOOGLE_CLOUD_PROJECT', 'demo-p');
  await expect(googleCredentials().accessToken()).rejects.toMatchObject(whatToSet);
});

const canary = 'canary0123456789';
const key = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({
  type: 'pkcs8',
  format: 'pem',
});
const account = { type: 'service_account', client_email: 'a@b.example', private_key: key, canary };
const damaged = { ...account, private_key: key.replaceAll('\n', ' ') };

test.each([
  ['missing', undefined, 'names a file that does not exist'],
  ['empty', ' \n', 'names an empty file'],
  ['not JSON', canary, 'names a file that is not JSON'],
  ['a bare key', key, 'names a file that is not JSON'],
  ['with a byte order mark', `\uFEFF${JSON.stringify(account)}`, 'begins with a byte order mark'],
  ['of no service account', '{}', 'names a key file without private_key'],
  ['with a key on one line', JSON.stringify(damaged), 'whose private_key is damaged'],
])('a key file that is %s says so, and what to set', async (_, content, fault) => {
  const keyFile = join(folder, `key-${canary}.json`);
  await rm(keyFile, { force: true });
  if (content !== undefined) await writeFile(keyFile, content);
  const error: unknown = await googleCredentials(keyFile)
    .accessToken()
    .catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ ...whatToSet, message: expect.stringContaining(fault) });
  expectNothingOf(error);
});

test('a directory is no key file', async () => {
  await expect(googleCredentials(folder).accessToken()).rejects.toThrow('names a directory, not a file');
});

test.each([
  ['JSON', JSON.stringify(account)],
  ['JSON', ` ${JSON.stringify(account, undefined, 2)}\n`],
  ['JSON', `'${JSON.stringify(account)}'`],
  ['base64', Buffer.from(JSON.stringify(account)).toString('base64')],
  ['base64', Buffer.from(key).toString('base64')],
  ['base64', key.split('\n').slice(1, -2).join('')],
  ['a key or certificate', key],
  ['a key or certificate', key.replaceAll('\n', '\\n')],
  ['a key or certificate', key.replace('-----END PRIVATE KEY-----', '')],
])('%s instead of a path is said to be that, and not shown', async (content, value) => {
  vi.stubEnv('GOOGLE_APPLICATION_CREDENTIALS', value);
  vi.stubEnv('GOOGLE_CLOUD_PROJECT', 'demo-p');
  const error: unknown = await googleCredentials()
    .accessToken()
    .catch((thrown: unknown) => thrown);
  const message = expect.stringContaining(`GOOGLE_APPLICATION_CREDENTIALS holds ${content}, not a path`);
  expect(error).toMatchObject({ ...whatToSet, message });
  expectNothingOf(error);
});

test('what is neither a file nor a key is not shown either', async () => {
  vi.stubEnv('GOOGLE_APPLICATION_CREDENTIALS', `${canary}\0${canary}`);
  const error: unknown = await googleCredentials()
    .accessToken()
    .catch((thrown: unknown) => thrown);
  expect(error).toMatchObject(whatToSet);
  expectNothingOf(error);
});

/** Neither of the value nor of the file, wherever one could look. */
function expectNothingOf(error: unknown): void {
  const shown = inspect(error, { depth: 10, showHidden: true });
  for (const part of [canary, ...key.split('\n').slice(1, 3)]) expect(shown).not.toContain(part);
}

test('a key file names the project', async () => {
  const keyFile = join(folder, 'key-with-project.json');
  await writeFile(keyFile, JSON.stringify({ project_id: 'demo-of-the-key' }));
  const source = await createFirestoreSource({ keyFile });
  expect(source.describe()).toContain('projects/demo-of-the-key/databases/(default)/');
  await source.close();
});
