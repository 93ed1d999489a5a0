import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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

test.each([
  ['missing', undefined],
  ['not JSON', 'x'],
  ['of no service account', '{}'],
])('a key file that is %s says what to set', async (_, content) => {
  const keyFile = join(folder, 'key.json');
  if (content !== undefined) await writeFile(keyFile, content);
  await expect(googleCredentials(keyFile).accessToken()).rejects.toMatchObject(whatToSet);
});

test('a key file names the project', async () => {
  const keyFile = join(folder, 'key-with-project.json');
  await writeFile(keyFile, JSON.stringify({ project_id: 'demo-of-the-key' }));
  const source = await createFirestoreSource({ keyFile });
  expect(source.describe()).toContain('projects/demo-of-the-key/databases/(default)/');
  await source.close();
});
