import { setTimeout as delay } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { onFreePort } from './on-free-port.ts';
import { connectTo, guardedSettings, type RedisGuard, urlUpToHosts, withClient } from './redis-guard.ts';
import type { RedisOptions } from './redis.ts';
import { startRedis } from './redis.ts';
import type { RedisService } from './redis-service.ts';

export interface RedisClusterOptions extends Pick<RedisOptions, 'appendOnly' | 'onUnexpectedEnd'> {
  /** How many replicas each of them has; none by default. */
  replicas?: 0 | 1;
  /** Of all nodes; without a password and TLS by default. */
  guard?: RedisGuard;
}

export interface RedisClusterService extends AsyncDisposable {
  /** `redis+cluster://127.0.0.1:PORT,…`, or with `rediss` and a password. */
  readonly url: string;
  /** Primaries first, then their replicas in the same order. */
  readonly nodes: readonly RedisService[];
  /** The node that serves a key's slot now. */
  primaryOf(key: string): Promise<RedisService>;
  stop(): Promise<void>;
}

const SLOTS = 16_384;
/** The minimum for an automatic failover. */
const primaries = 3;
const nodeTimeoutMs = 2_000;
const FORM_LIMIT_MS = 30_000;

/** Starts a real, empty Redis Cluster on 127.0.0.1; resolves when it takes commands. Needs a redis-server here. */
export async function startRedisCluster(options: RedisClusterOptions = {}): Promise<RedisClusterService> {
  const { replicas = 0, guard, ...redisOptions } = options;
  await using opened = new AsyncDisposableStack();
  // By default the bus port is the port plus 10,000, which may exceed 65,535.
  const startNode = async (busPort: number): Promise<{ node: RedisService; busPort: number }> => {
    const node = await startRedis({
      ...redisOptions,
      settings: (port) => [
        ...guardedSettings(guard, port),
        ...(guard === undefined ? [] : ['--tls-cluster', 'yes']),
        '--cluster-enabled',
        'yes',
        '--cluster-port',
        String(busPort),
        '--cluster-node-timeout',
        String(nodeTimeoutMs),
      ],
    });
    opened.use(node);
    return { node, busPort };
  };
  const starts = Array.from({ length: primaries * (1 + replicas) }, () =>
    onFreePort('Redis Cluster', undefined, startNode),
  );
  await Promise.allSettled(starts);
  const started = await Promise.all(starts);
  await form(started, guard);
  const nodes = started.map(({ node }) => node);
  const running = opened.move();
  return {
    url: `${urlUpToHosts('cluster', guard)}${nodes.map(({ port }) => `127.0.0.1:${port}`).join(',')}`,
    nodes,
    primaryOf: (key) => primaryOf(nodes, key, guard),
    stop: () => running.disposeAsync(),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

async function form(
  started: readonly { node: RedisService; busPort: number }[],
  guard: RedisGuard | undefined,
): Promise<void> {
  const clients = started.map(({ node }) => connectTo(node.port, guard));
  try {
    const [first, ...others] = clients;
    if (first === undefined) return;
    for (const [index, client] of clients.slice(0, primaries).entries()) {
      const from = Math.floor((index * SLOTS) / primaries);
      const to = Math.floor(((index + 1) * SLOTS) / primaries) - 1;
      await client.call('CLUSTER', 'ADDSLOTSRANGE', from, to);
    }
    for (const { node, busPort } of started.slice(1)) {
      await first.call('CLUSTER', 'MEET', '127.0.0.1', node.port, busPort);
    }
    await until('know each other', async () => {
      const known = await Promise.all(clients.map((client) => client.cluster('NODES')));
      return known.every((text) => String(text).trim().split('\n').length === clients.length);
    });
    for (const [index, replica] of others.slice(primaries - 1).entries()) {
      const primary = clients[index % primaries];
      if (primary !== undefined) await replica.cluster('REPLICATE', await primary.cluster('MYID'));
    }
    await until('take commands', async () => {
      const infos = await Promise.all(clients.map((client) => client.cluster('INFO')));
      const links = await Promise.all(clients.slice(primaries).map((client) => client.info('replication')));
      return (
        infos.every((info) => info.includes('cluster_state:ok')) &&
        links.every((info) => info.includes('master_link_status:up'))
      );
    });
  } finally {
    for (const client of clients) client.disconnect();
  }
}

async function primaryOf(
  nodes: readonly RedisService[],
  key: string,
  guard: RedisGuard | undefined,
): Promise<RedisService> {
  for (const node of nodes) {
    const isPrimary = async (client: Redis): Promise<boolean> => {
      await client.connect();
      await client.exists(key);
      return (await client.info('replication')).includes('role:master');
    };
    const options = { retryStrategy: () => null, lazyConnect: true };
    // It may be down, or redirect to another.
    if (await withClient(node.port, guard, isPrimary, options).catch(() => false)) return node;
  }
  throw new Error(`No node serves ${key}.`);
}

async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + FORM_LIMIT_MS;
  while (!(await isSo())) {
    if (Date.now() > end) throw new Error(`The nodes of a Redis Cluster did not ${what} in time.`);
    await delay(50);
  }
}
