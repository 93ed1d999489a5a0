import { randomUUID } from 'node:crypto';

import { type RedisClusterService, startRedisCluster, sampleBinding as binding } from '@migrator/devkit';
import { ledgerContract } from '@migrator/devkit/contracts';
import { Cluster } from 'ioredis';
import { afterAll, beforeAll, expect, it } from 'vitest';

import { clusterOptions, connectRedis } from '../connect-redis.ts';
import type { RedisConnection } from '../primary-redis.ts';
import { closeRedis, requireRedis } from '../redis-connection.ts';
import { startCuttableLine } from '../testing/cuttable-line.ts';
import { createRedisLedger } from './redis-ledger.ts';

let cluster: RedisClusterService;
let redis: RedisConnection;

beforeAll(async () => {
  cluster = await startRedisCluster();
  redis = connectRedis({ url: cluster.url }, 'ledger', () => undefined);
  await requireRedis(redis, 10_000);
});

afterAll(async () => {
  await closeRedis(redis);
  await cluster.stop();
});

ledgerContract(
  'the ledger in a Redis Cluster',
  async (settings) => {
    const prefix = `{ledger-test-${randomUUID()}}`;
    return {
      ledger: createRedisLedger({ redis, prefix, ...settings }),
      async done() {
        // The braces tell which node to ask.
        const keys = await redis.keys(`${prefix}:*`);
        for (let index = 0; index < keys.length; index += 1_000) {
          await redis.unlink(...keys.slice(index, index + 1_000));
        }
      },
    };
  },
  { numRuns: 10 },
);

it('records a commit once whose answer is lost, and rejects', async () => {
  const prefix = `{ledger-test-${randomUUID()}}`;
  const node = await cluster.primaryOf(prefix);
  const line = await startCuttableLine(new URL(node.url));
  const fragile = new Cluster([{ host: '127.0.0.1', port: line.port }], {
    ...clusterOptions('ledger'),
    redisOptions: { maxRetriesPerRequest: 0 },
    natMap: { [`127.0.0.1:${node.port}`]: { host: '127.0.0.1', port: line.port } },
  });
  fragile.on('error', () => {});
  const ledger = createRedisLedger({ redis: fragile, prefix });
  const opened = await ledger.open(
    { kind: 'migration', dryRun: false, verify: false, prune: false },
    { now: new Date(), binding },
  );
  if (!opened.opened) throw new Error('not opened');
  const { id } = opened.operation;
  await ledger.addTasks(id, ['user:a'], { done: true });
  const started = await ledger.startTask(id, 'user:a', { binding });
  if (!started.started) throw new Error('not started');
  const commit = { epoch: started.epoch, state: 'running', deltas: { created: 1 } } as const;

  // The script is known after this, so that the next answer is the commit's own.
  await ledger.commit(id, 'user:a', commit);
  line.cutAtNextAnswer();
  await expect(ledger.commit(id, 'user:a', commit)).rejects.toMatchObject({ code: 'REDIS_UNAVAILABLE' });

  const after = createRedisLedger({ redis, prefix });
  expect(await after.startTask(id, 'user:a', { binding })).toMatchObject({
    epoch: 2,
    counters: { created: 2 },
  });
  expect((await after.get(id))?.totals).toStrictEqual({ created: 2 });
  fragile.disconnect();
  await line.stop();
});

it('refuses a connection to a cluster that would record a commit twice', () => {
  const resending = new Cluster([{ host: '127.0.0.1', port: 1 }], {
    lazyConnect: true,
    redisOptions: { maxRetriesPerRequest: 0 },
  });
  expect(() => createRedisLedger({ redis: resending, prefix: '{x}' })).toThrow(TypeError);
});
