import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { googleCredentials } from './google-credentials.ts';

const unavailable = { status: 503, body: { error: 'unavailable' } };
const refused = { status: 400, body: { error: 'invalid_grant', error_description: 'expired' } };
const granted = {
  status: 200,
  body: {
    access_token: 'the-token',
    issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    token_type: 'Bearer',
    expires_in: 3600,
  },
};

let folder: string | undefined;
afterEach(async () => {
  vi.unstubAllEnvs();
  if (folder !== undefined) await rm(folder, { recursive: true });
});

test('a token is asked for until there is one, and kept while it is valid', async () => {
  let answer = unavailable as { status: number; body: object };
  let granting = 0;
  const server = createServer((request, response) => {
    request.resume();
    if (answer === granted) granting += 1;
    response.writeHead(answer.status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer.body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  folder = await mkdtemp(join(tmpdir(), 'credentials-'));
  await useFederatedCredentials(folder, server.address());
  const credentials = googleCredentials();

  await expect(credentials.accessToken()).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE' });
  answer = refused;
  await expect(credentials.accessToken()).rejects.toMatchObject({ code: 'CREDENTIALS_REFUSED' });
  answer = granted;
  expect(await credentials.accessToken()).toBe('the-token');
  expect(await credentials.accessToken()).toBe('the-token');
  expect(granting).toBe(1);

  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

/** Application default credentials of the one kind whose token server may be anywhere. */
async function useFederatedCredentials(where: string, address: ReturnType<Server['address']>): Promise<void> {
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  const subject = join(where, 'subject-token');
  const file = join(where, 'credentials.json');
  await writeFile(subject, 'from somewhere else');
  await writeFile(
    file,
    JSON.stringify({
      type: 'external_account',
      audience: '//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/q',
      subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
      token_url: `http://127.0.0.1:${address.port}/token`,
      credential_source: { file: subject },
    }),
  );
  vi.stubEnv('GOOGLE_APPLICATION_CREDENTIALS', file);
  // Named, or Google's library asks Google for the name of project 1.
  vi.stubEnv('GOOGLE_CLOUD_PROJECT', 'demo-p');
}
