import { setTimeout as delay } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { guardedSettings, type RedisGuard, tlsSettings, urlUpToHosts, withClient } from './redis-guard.ts';
import type { RedisOptions } from './redis.ts';
import { startRedis } from './redis.ts';
import type { RedisService } from './redis-service.ts';

export interface RedisSentinelsOptions extends Pick<RedisOptions, 'appendOnly' | 'onUnexpectedEnd'> {
  /** After how long the primary counts as down; 1,000 ms by default. */
  downAfterMs?: number;
  /** Of the servers, and of the sentinels; without passwords and TLS by default. Both or none. */
  guards?: { readonly servers: RedisGuard; readonly sentinels: RedisGuard & { readonly user: string } };
}

export interface RedisSentinelsService extends AsyncDisposable {
  /** `redis+sentinel://127.0.0.1:PORT,…/mymaster`, or with `rediss`, and with the passwords. */
  readonly url: string;
  /** The first primary and its replica. */
  readonly servers: readonly [RedisService, RedisService];
  readonly sentinels: readonly RedisService[];
  /**
   * Ends replication from the first primary: its replica lacks all later writes. Sentinels never choose a replica that
   * was disconnected for more than about nine times `downAfterMs` when its primary was lost.
   */
  stopReplicating(): Promise<void>;
  /** The port of the primary, according to the sentinels. */
  primaryPort(): Promise<number>;
  /** The view of each server and sentinel, a line for each, for the message of a failure. */
  view(): Promise<string>;
  stop(): Promise<void>;
}

const NAME = 'mymaster';
const READY_LIMIT_MS = 30_000;
const VIEW_LIMIT_MS = 2_000;

/**
 * Starts a primary, its replica and three sentinels on 127.0.0.1; resolves when the sentinels know all servers and the
 * replica is in sync. Needs a redis-server here.
 */
export async function startRedisSentinels(
  options: RedisSentinelsOptions = {},
): Promise<RedisSentinelsService> {
  const { downAfterMs = 1_000, guards, ...redisOptions } = options;
  await using opened = new AsyncDisposableStack();
  const start = async (more: RedisOptions): Promise<RedisService> => {
    return opened.use(await startRedis({ ...redisOptions, ...more }));
  };
  // By default a primary waits five seconds for more replicas.
  const settings = (port: number): string[] => [
    ...guardedSettings(guards?.servers, port),
    '--repl-diskless-sync-delay',
    '0',
  ];
  const primary = await start({ settings });
  const replica = await start({
    settings: (port) => [...settings(port), '--replicaof', '127.0.0.1', String(primary.port)],
  });
  const config = (port: number): string =>
    [
      ...guardLines(guards, port),
      `sentinel monitor ${NAME} 127.0.0.1 ${primary.port} 2`,
      `sentinel down-after-milliseconds ${NAME} ${downAfterMs}`,
      `sentinel failover-timeout ${NAME} 10000`,
      ...(guards === undefined ? [] : [`sentinel auth-pass ${NAME} ${guards.servers.password}`]),
      '',
    ].join('\n');
  const starts = Array.from({ length: 3 }, () => start({ sentinel: config }));
  await Promise.allSettled(starts);
  const sentinels = await Promise.all(starts);
  for (const sentinel of sentinels) {
    await untilInfo(sentinel, guards?.sentinels, 'sentinel', /slaves=1,sentinels=3/);
  }
  // A replica that was never in sync would become an empty primary.
  await untilInfo(replica, guards?.servers, 'replication', /master_link_status:up/);
  const running = opened.move();
  return {
    url: urlOf(sentinels, guards),
    servers: [primary, replica],
    sentinels,
    stopReplicating: () => stopReplicating(primary, guards?.servers),
    primaryPort: () => primaryPort(sentinels, guards?.sentinels),
    view: async () => {
      const servers = [primary, replica].map((server) => viewOfServer(server, guards?.servers));
      const others = sentinels.map((sentinel) => viewOfSentinel(sentinel, guards?.sentinels));
      return (await Promise.all([...servers, ...others])).join('\n');
    },
    stop: () => running.disposeAsync(),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

function guardLines(guards: RedisSentinelsOptions['guards'], port: number): string[] {
  if (guards === undefined) return [];
  const { user, password } = guards.sentinels;
  return [
    ...tlsSettings(guards.sentinels, port).map(([name, value]) => `${name} ${value}`),
    'user default off',
    `user ${user} on >${password} ~* &* +@all`,
    // The credentials that the sentinels use among themselves.
    `sentinel sentinel-user ${user}`,
    `sentinel sentinel-pass ${password}`,
  ];
}

function urlOf(sentinels: readonly RedisService[], guards: RedisSentinelsOptions['guards']): string {
  const hosts = sentinels.map(({ port }) => `127.0.0.1:${port}`).join(',');
  const url = `${urlUpToHosts('sentinel', guards?.servers)}${hosts}/${NAME}`;
  if (guards === undefined) return url;
  const { user, password } = guards.sentinels;
  return `${url}?sentinelUsername=${user}&sentinelPassword=${encodeURIComponent(password)}`;
}

async function untilInfo(
  { port }: RedisService,
  guard: RedisGuard | undefined,
  section: string,
  wanted: RegExp,
): Promise<void> {
  const end = Date.now() + READY_LIMIT_MS;
  await withClient(port, guard, async (client) => {
    for (;;) {
      const info = await client.info(section);
      if (wanted.test(info)) return;
      if (Date.now() > end)
        throw new Error(`Sentinels, primary and replica did not find each other: ${info}`);
      await delay(50);
    }
  });
}

async function stopReplicating(primary: RedisService, guard: RedisGuard | undefined): Promise<void> {
  await withClient(primary.port, guard, async (client) => {
    // The replica would reconnect at once.
    await client.call('ACL', 'SETUSER', 'default', '-psync', '-sync');
    await client.call('CLIENT', 'KILL', 'TYPE', 'replica');
  });
}

async function primaryPort(
  sentinels: readonly RedisService[],
  guard: RedisGuard | undefined,
): Promise<number> {
  const [first] = sentinels;
  if (first === undefined) throw new Error('There is no sentinel.');
  return await withClient(first.port, guard, async (client) => {
    const address: unknown = await client.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', NAME);
    return Number(Array.isArray(address) ? address[1] : undefined);
  });
}

function viewOfServer({ port }: RedisService, guard: RedisGuard | undefined): Promise<string> {
  return viewOf(`server ${port}`, port, guard, async (client) => {
    const info = await client.info('replication');
    return info.trim().split('\r\n').slice(1).join(' ');
  });
}

function viewOfSentinel({ port }: RedisService, guard: RedisGuard | undefined): Promise<string> {
  return viewOf(`sentinel ${port}`, port, guard, async (client) => {
    const [master, replicas] = [
      await client.call('SENTINEL', 'MASTER', NAME),
      await client.call('SENTINEL', 'REPLICAS', NAME),
    ];
    return [master, replicas].flat(2).join(' ');
  });
}

async function viewOf(
  name: string,
  port: number,
  guard: RedisGuard | undefined,
  read: (client: Redis) => Promise<string>,
): Promise<string> {
  const options = { retryStrategy: () => null, commandTimeout: VIEW_LIMIT_MS };
  return await withClient(port, guard, read, options).then(
    (seen) => `${name}: ${seen}`,
    (error: unknown) => `${name}: ${String(error)}`,
  );
}
