import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { startRedis, startRedisCluster, startRedisSentinels, startProgram } from '@migrator/devkit';
import { generate } from 'selfsigned';
import { afterAll, expect, inject, test, vi } from 'vitest';

import { expectWholeRun, lastWords, openDeployment } from './testing/deployment.ts';

const size = { users: 8, entriesPerUser: 150 };
/** Slow enough that a run is still going on when something happens to it. */
const slow = { MAX_WRITE_UNITS_PER_SECOND: '300' };
const commitTestLimitMs = 240_000;

const tlsFolder = await mkdtemp(join(tmpdir(), 'redis-tls-'));
afterAll(() => rm(tlsFolder, { recursive: true }));
const files = await certificate(tlsFolder);
const tlsEnv = { REDIS_TLS_CA: files.cert, REDIS_TLS_CERT: files.cert, REDIS_TLS_KEY: files.key };

test.concurrent(
  'TLS with certificates on both sides, an ACL user, a database number',
  async () => {
    const password = 'p@ss:word';
    await using redis = await startRedis({
      settings: (port) =>
        [
          ['--port', '0', '--tls-port', String(port), '--tls-auth-clients', 'yes'],
          ['--tls-cert-file', files.cert, '--tls-key-file', files.key, '--tls-ca-cert-file', files.cert],
          ['--user', 'default', 'off'],
          ['--user', 'migrator', 'on', `>${password}`, '~{tls-test}:*', '&{tls-test}:*'],
          ['+@all', '-@admin', '-@dangerous', '+info'],
        ].flat(),
    });
    await using deployment = await openDeployment({
      ...size,
      env: {
        REDIS_URL: `rediss://migrator:${encodeURIComponent(password)}@localhost:${redis.port}/3`,
        ...tlsEnv,
        QUEUE_PREFIX: '{tls-test}',
      },
    });
    expect(await deployment.client.begin()).toMatch(/^migration-/);
    expectWholeRun(await deployment.client.end(), deployment.entries);
  },
  commitTestLimitMs,
);

test.concurrent(
  'Sentinel over TLS, where servers have a password and sentinels a user of their own',
  async () => {
    await using redis = await startRedisSentinels({
      guards: {
        servers: { ...files, password: 'of/the@servers' },
        sentinels: { ...files, user: 'watcher', password: 'of&the=sentinels' },
      },
    });
    await using deployment = await openDeployment({
      users: 4,
      entriesPerUser: 50,
      env: { REDIS_URL: redis.url, ...tlsEnv },
    });
    expect(await deployment.client.begin()).toMatch(/^migration-/);
    expectWholeRun(await deployment.client.end(), deployment.entries);
  },
  commitTestLimitMs,
);

test.concurrent(
  "a primary that is lost in the middle of a run, with what it had not replicated: the sentinels' choice goes on",
  async () => {
    // The replica must stay fit to be chosen for as long as `processed` waits while it is cut off.
    await using redis = await startRedisSentinels({ appendOnly: true, downAfterMs: 8_000 });
    await using deployment = await openDeployment({
      // Users of several pages, so that some are lost while their workers are busy with the next.
      users: 3,
      entriesPerUser: 900,
      workers: 2,
      env: { REDIS_URL: redis.url, MAX_WRITE_UNITS_PER_SECOND: '600' },
    });
    await deployment.client.begin();
    await deployment.client.processed(1);
    const [primary, replica] = redis.servers;
    await redis.stopReplicating();
    await deployment.client.processed(1_200);
    await primary.kill();
    try {
      // By itself, so that a failover that never was is not taken for a connection that did not follow it.
      await vi.waitFor(async () => expect(await redis.primaryPort()).toBe(replica.port), 60_000);
      expectWholeRun(await deployment.client.end(), deployment.entries);
    } catch (error) {
      throw new Error([String(error), await redis.view(), lastWords(deployment)].join('\n'), {
        cause: error,
      });
    }
  },
  commitTestLimitMs,
);

test('one node of a cluster is not taken for a Redis of its own', async () => {
  await using redis = await startRedisCluster();
  const env = { ...inject('services'), REDIS_URL: redis.nodes[0]?.url ?? '' };
  const worker = startProgram({ main: 'worker', env });
  expect(await worker.ended).toBe(1);
  expect(worker.output).toContain('redis+cluster://');
});

test.concurrent(
  'a cluster of three: the node that has the keys is lost in the middle of a run and comes back',
  async () => {
    await using redis = await startRedisCluster({ appendOnly: true });
    const prefix = '{cluster-test}';
    await using deployment = await openDeployment({
      ...size,
      workers: 2,
      env: { REDIS_URL: redis.url, QUEUE_PREFIX: prefix, ...slow },
    });
    await deployment.client.begin();
    await deployment.client.processed(100);
    const node = await redis.primaryOf(prefix);
    await node.kill();
    await node.restart();
    expectWholeRun(await deployment.client.end(), deployment.entries);
    expect(await redis.primaryOf(prefix)).toBe(node);
  },
  commitTestLimitMs,
);

test.concurrent(
  'a cluster with replicas, over TLS and with a password: another node takes over in the middle of a run',
  async () => {
    const password = 'of/the@cluster';
    await using redis = await startRedisCluster({
      appendOnly: true,
      replicas: 1,
      guard: { ...files, password },
    });
    const prefix = '{cluster-test}';
    await using deployment = await openDeployment({
      ...size,
      workers: 2,
      env: {
        // One node is enough to find the others.
        REDIS_URL: `rediss+cluster://:${encodeURIComponent(password)}@127.0.0.1:${redis.nodes[1]?.port}`,
        ...tlsEnv,
        QUEUE_PREFIX: prefix,
        ...slow,
      },
    });
    await deployment.client.begin();
    await deployment.client.processed(100);
    const node = await redis.primaryOf(prefix);
    await node.kill();
    expectWholeRun(await deployment.client.end(), deployment.entries);
    expect(await redis.primaryOf(prefix)).not.toBe(node);
  },
  commitTestLimitMs,
);

test('a cluster wants a prefix in braces', async () => {
  const worker = startProgram({
    main: 'worker',
    env: { REDIS_URL: 'redis://127.0.0.1:1,127.0.0.1:2', QUEUE_PREFIX: 'jobs' },
  });
  expect(await worker.ended).toBe(2);
  expect(worker.output).toMatch(/^QUEUE_PREFIX holds "jobs"; on a Redis Cluster .* such as "\{jobs\}"/);
});

/** A certificate that vouches for itself: as an authority, as `localhost` and as a client. */
async function certificate(folder: string): Promise<{ cert: string; key: string }> {
  const made = await generate([{ name: 'commonName', value: 'localhost' }], {
    algorithm: 'sha256',
    keySize: 2048,
    extensions: [
      { name: 'basicConstraints', cA: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
        ],
      },
    ],
  });
  const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  await writeFile(cert, made.cert);
  await writeFile(key, made.private, { mode: 0o600 });
  return { cert, key };
}
