import { once } from 'node:events';
import { createServer } from 'node:net';

import { expect, inject, onTestFinished, test } from 'vitest';

import { startProgram } from './testing/programs.ts';

const env = { ...inject('services'), GOOGLE_CLOUD_PROJECT: 'demo-port' };

test('an API whose port is taken ends with a sentence', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  onTestFinished(async () => {
    other.close();
    await once(other, 'close');
  });
  const address = other.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const api = startProgram('api', { ...env, PORT: String(port) });
  expect(await api.ended).toBe(1);
  expect(api.stderr).toMatch(new RegExp(`PORT holds ${port}, and another program listens there`));
  expect(api.stderr).not.toMatch(/^ +at /m);
});

test('an API told to listen where this machine is not says so', async () => {
  const host = '203.0.113.7';
  const api = startProgram('api', { ...env, PORT: '0', HOST: host, API_TOKEN: 'a-token-of-this-test' });
  expect(await api.ended).toBe(1);
  expect(api.stderr).toContain(`HOST holds "${host}", which is no address of this machine`);
});
