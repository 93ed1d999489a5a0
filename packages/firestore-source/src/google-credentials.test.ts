import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createFirestoreSource } from './index.ts';
import { googleCredentials } from './google-credentials.ts';

let folder: string;
let tokenServer: Server;
let tokenAnswer: { status: number; body: object };
let tokensAsked: number;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'credentials-'));
  tokensAsked = 0;
  tokenServer = createServer((request, response) => {
    request.resume();
    tokensAsked += 1;
    response.writeHead(tokenAnswer.status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(tokenAnswer.body));
  });
  tokenServer.listen(0, '127.0.0.1');
  await once(tokenServer, 'listening');
});

afterEach(async () => {
  vi.unstubAllEnvs();
  tokenServer.closeAllConnections();
  tokenServer.close();
  await once(tokenServer, 'close');
  await rm(folder, { recursive: true });
});

/** Application default credentials of the one kind whose token server may be anywhere. */
async function useFederatedCredentials(): Promise<void> {
  const address = tokenServer.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const subject = join(folder, 'subject-token');
  await writeFile(subject, 'from somewhere else');
  const file = join(folder, 'credentials.json');
  await writeFile(
    file,
    JSON.stringify({
      type: 'external_account',
      audience: '//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/q',
      subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
      token_url: `http://127.0.0.1:${port}/token`,
      credential_source: { file: subject },
    }),
  );
  vi.stubEnv('GOOGLE_APPLICATION_CREDENTIALS', file);
}

test('a token is fetched once, and kept while it is valid', async () => {
  tokenAnswer = {
    status: 200,
    body: {
      access_token: 'the-token',
      issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      token_type: 'Bearer',
      expires_in: 3600,
    },
  };
  await useFederatedCredentials();
  const credentials = googleCredentials();
  expect(await credentials.accessToken()).toBe('the-token');
  expect(await credentials.accessToken()).toBe('the-token');
  expect(tokensAsked).toBe(1);
});

test.each([
  ['refused', 400, { error: 'invalid_grant', error_description: 'expired' }, 'CREDENTIALS_REFUSED'],
  ['not answered', 503, { error: 'unavailable' }, 'SOURCE_UNAVAILABLE'],
])('a token that is %s says so', async (_, httpStatus, body, code) => {
  tokenAnswer = { status: httpStatus, body };
  await useFederatedCredentials();
  await expect(googleCredentials().accessToken()).rejects.toMatchObject({ code });
});

test('without credentials it says what to set', async () => {
  vi.stubEnv('GOOGLE_APPLICATION_CREDENTIALS', join(folder, 'no-such-file.json'));
  const source = await createFirestoreSource({ projectId: 'demo-p' });
  await expect(source.countEntries()).rejects.toMatchObject({
    code: 'CREDENTIALS_NOT_FOUND',
    message: expect.stringContaining('GOOGLE_APPLICATION_CREDENTIALS'),
  });
  await source.close();
});

test.each(['missing', 'not JSON', 'of no service account'])('a key file that is %s says what to set', async (kind) => {
  const keyFile = join(folder, 'key.json');
  if (kind === 'not JSON') await writeFile(keyFile, 'x');
  if (kind === 'of no service account') await writeFile(keyFile, '{}');
  await expect(googleCredentials(keyFile).accessToken()).rejects.toMatchObject({
    code: 'CREDENTIALS_NOT_FOUND',
    message: expect.stringContaining('GOOGLE_APPLICATION_CREDENTIALS'),
  });
});

test("a key file names the project", async () => {
  const keyFile = join(folder, 'key.json');
  await writeFile(keyFile, JSON.stringify({ project_id: 'demo-of-the-key' }));
  const source = await createFirestoreSource({ keyFile });
  expect(source.describe()).toContain('projects/demo-of-the-key/databases/(default)/');
  await source.close();
});
