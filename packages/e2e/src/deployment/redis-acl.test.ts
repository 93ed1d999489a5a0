import { readFile } from 'node:fs/promises';

import { startRedis } from '@migrator/devkit';
import { apiBasePath } from '@migrator/engine';
import { Redis } from 'ioredis';
import { expect, test } from 'vitest';

import { expectWholeRun, openDeployment } from './testing/deployment.ts';

const password = 'password-of-the-migrator';
const limitMs = 180_000;

/** The ACL line of a page, word by word. */
async function aclLine(page: string): Promise<string[]> {
  const text = await readFile(new URL(`../../../../docs/${page}`, import.meta.url), 'utf8');
  const lines = [...text.matchAll(/^user migrator .*$/gm)].map(([line]) => line);
  expect(lines).toHaveLength(1);
  return (lines[0] ?? '').split(' ').map((word) => (word === '>PASSWORD' ? `>${password}` : word));
}

test(
  'the ACL line of the documents is enough for all that the programs do, and for nothing else',
  async () => {
    const line = await aclLine('security.md');
    expect(await aclLine('containers.md')).toEqual(line);
    const [user = '', ...rules] = line;
    await using redis = await startRedis({
      settings: () => ['--requirepass', 'of-the-owner', `--${user}`, ...rules],
    });
    await using owner = openClient('redis://:of-the-owner@', redis.port);
    await owner.client.set('others:secret', 'theirs');

    const url = `redis://migrator:${password}@127.0.0.1:${redis.port}`;
    await using deployment = await openDeployment({
      users: 4,
      entriesPerUser: 50,
      env: { REDIS_URL: url, QUEUE_PREFIX: '{journal-migration}' },
    });
    const { client, url: api, token } = deployment;
    const call = async (request: string): Promise<{ status: number; text: string }> => {
      const [method = '', path = ''] = request.split(' ');
      const answer = await fetch(api + path, { method, headers: { authorization: `Bearer ${token}` } });
      return { status: answer.status, text: await answer.text() };
    };
    const wait = { waitSeconds: 60 };
    await client.begin();
    expectWholeRun(await client.end(), deployment.entries);
    for (const path of [`${apiBasePath}/migrations`, `${apiBasePath}/status`, '/metrics'])
      expect(await call(`GET ${path}`), path).toMatchObject({ status: 200 });
    expect(await client.api.verify(wait)).toMatchObject({ isValid: true });

    const board = '/admin/queues/api/queues';
    const listed = await call(`GET ${board}?activeQueue=users&status=completed&page=1&jobsPerPage=10`);
    expect(listed.status).toBe(200);
    const [, jobId] = /"id":"([a-z]+-[^"]+)"/.exec(listed.text) ?? [];
    expect(jobId).toBeDefined();
    expect(await call(`GET ${board}/users/${jobId}`)).toMatchObject({ status: 200 });
    expect(await call(`GET ${board}/users/${jobId}/logs`)).toMatchObject({ status: 200 });
    for (const action of ['pause', 'resume', 'retry/failed', 'clean/completed'])
      expect(await call(`PUT ${board}/users/${action}`), action).toMatchObject({ status: 200 });
    expect(await client.api.rollBack({ dryRun: false }, wait)).toMatchObject({ success: true });
    expect(deployment.api.output + deployment.workers[0]?.output).not.toContain('NOPERM');

    await using migrator = openClient(`redis://migrator:${password}@`, redis.port);
    for (const command of [
      'CONFIG GET requirepass',
      'CONFIG SET requirepass x',
      'ACL LIST',
      'ACL GETUSER default',
      'ACL SETUSER migrator allkeys',
      'GET others:secret',
      'SET others:secret ours',
      'DEL others:secret',
      'KEYS *',
      'SCAN 0',
      'RANDOMKEY',
      'FLUSHALL',
      'FLUSHDB',
      'CLIENT LIST',
      'CLIENT KILL TYPE normal',
      'MONITOR',
      'SHUTDOWN',
      'SCRIPT FLUSH',
      'SCRIPT KILL',
      'FUNCTION LIST',
      'MIGRATE 127.0.0.1 1 x 0 1',
      'SUBSCRIBE others',
    ]) {
      const [name = '', ...args] = command.split(' ');
      await expect(migrator.client.call(name, ...args), command).rejects.toThrow(/NOPERM/);
    }
    // A script has no more rights than who sends it.
    await expect(migrator.client.eval("return redis.call('GET', 'others:secret')", 0)).rejects.toThrow(
      /can't access|NOPERM/,
    );
    expect(await owner.client.get('others:secret')).toBe('theirs');
  },
  limitMs,
);

function openClient(upToHost: string, port: number) {
  const client = new Redis(`${upToHost}127.0.0.1:${port}`, { retryStrategy: () => null });
  client.on('error', () => undefined);
  return { client, [Symbol.asyncDispose]: async () => client.disconnect() };
}
