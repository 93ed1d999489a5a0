import { readFileSync } from 'node:fs';
import type { ConnectionOptions } from 'node:tls';

import { parseRedisUrl, type RedisPlace, redisUrlForms } from '@migrator/config';
import {
  Cluster,
  type ClusterOptions,
  type Command,
  Redis,
  type RedisOptions,
  type SentinelConnectionOptions,
  SentinelConnector,
} from 'ioredis';

import { PrimaryConnector, PrimaryRedis, type RedisConnection } from './primary-redis.ts';
import { forgetError, rememberError } from './redis-errors.ts';

export type RedisRole =
  /** For requests: fails fast, so that a request gets its 503 within seconds. */
  | 'api'
  /**
   * For the ledger: never sends a command again after its response was lost, because a commit could be counted twice.
   */
  | 'ledger'
  /** For BullMQ in a worker: waits for an unreachable Redis and continues. */
  | 'queue';

export interface RedisSettings {
  /** A URL that `parseRedisUrl` accepts. */
  readonly url: string;
  /** PEM files, for a `rediss` URL. Without `ca`, Node's certificate authorities are trusted. */
  readonly tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string };
}

const answerLimitMs = 2_500;

/**
 * Milliseconds without data after which a connection counts as lost, because a broken network path may close no
 * socket. Blocking commands are answered within ten seconds.
 */
const silenceLimitMs = { api: 5_000, ledger: 10_000, queue: 30_000 };

const roles = {
  // Keep the offline queue: BullMQ's first command must wait for a Redis that starts later.
  api: { maxRetriesPerRequest: 0, commandTimeout: answerLimitMs, socketTimeout: silenceLimitMs.api },
  ledger: { maxRetriesPerRequest: 0, socketTimeout: silenceLimitMs.ledger },
  queue: { maxRetriesPerRequest: null, socketTimeout: silenceLimitMs.queue },
} satisfies Record<RedisRole, RedisOptions>;

const backoff = (times: number): number => Math.min(50 * 2 ** Math.min(times, 10), 1_000);

/** Opens a connection. It emits no unhandled errors: `onError` gets them, each code at most once for each loss. */
export function connectRedis(
  { url, tls = {} }: RedisSettings,
  role: RedisRole,
  onError: (error: Error) => void,
): RedisConnection {
  const place = parseRedisUrl(url);
  if (place === undefined) throw new TypeError(`REDIS_URL may hold ${redisUrlForms}`);
  const redis = open(place, place.tls ? certificates(tls) : undefined, role);
  let reported: string | undefined;
  redis.on('error', (error: Error) => {
    const named = rememberError(redis, error);
    if (reported !== named.code) onError(named);
    reported = named.code;
  });
  redis.on('ready', () => {
    forgetError(redis);
    reported = undefined;
  });
  return redis;
}

/** Whether the connection never sends a command again after its response was lost. */
export function neverResends(redis: RedisConnection): boolean {
  if (redis instanceof Redis) return redis.options.maxRetriesPerRequest === 0;
  const { redisOptions, retryDelayOnFailover } = redis.options;
  return redisOptions?.maxRetriesPerRequest === 0 && retryDelayOnFailover === 0;
}

function open(place: RedisPlace, tls: ConnectionOptions | undefined, role: RedisRole): RedisConnection {
  const common = {
    connectTimeout: 2_000,
    username: place.username,
    password: place.password,
    ...roles[role],
  };
  const socket = { family: place.family, tls };
  if (place.kind === 'cluster') {
    const options = clusterOptions(role);
    const redisOptions = { ...common, ...socket };
    const nodes = place.nodes.map(({ host, port }) => ({ host, port }));
    const all = { ...options, redisOptions, dnsLookup: tls === undefined ? undefined : keepName };
    return role === 'api' ? new TimeoutCluster(nodes, all) : new Cluster(nodes, all);
  }
  const one = {
    ...common,
    ...socket,
    db: place.db,
    retryStrategy: backoff,
  };
  if (place.kind === 'single')
    return new PrimaryRedis({ ...one, ...place.address, Connector: PrimaryConnector });
  const { sentinels, masterName, sentinelUsername, sentinelPassword } = place;
  return new PrimaryRedis({
    ...one,
    sentinels: sentinels.map(({ host, port }) => ({ host, port })),
    name: masterName,
    Connector: PersistentSentinelConnector,
    sentinelRetryStrategy: backoff,
    // A sentinel that does not respond must not block, because the others know the primary.
    sentinelCommandTimeout: 2_000,
    // A hanging primary closes no connection; the sentinels report when another has replaced it.
    failoverDetector: true,
    sentinelUsername,
    sentinelPassword,
    enableTLSForSentinelMode: tls !== undefined,
    sentinelTLS: tls,
  });
}

/**
 * A connector that survives every failover. The failover detector of ioredis stays active after its connection is
 * lost. An event that it gets during the reconnect ends the client: its status is `end`, and it never retries.
 */
class PersistentSentinelConnector extends SentinelConnector {
  #watching = false;

  constructor(options: unknown) {
    super(options as SentinelConnectionOptions);
  }

  override async connect(
    ...args: Parameters<SentinelConnector['connect']>
  ): ReturnType<SentinelConnector['connect']> {
    // Disconnects the last detector: the sentinels are queried next anyway, and the new connection has its own. Only
    // once, because each call leaves listeners on the detector's sockets, and there may be a thousand attempts.
    if (this.#watching) this.disconnect();
    this.#watching = false;
    const stream = await super.connect(...args);
    stream.once('connect', () => {
      this.#watching = true;
    });
    return stream;
  }
}

/** Keep host names, because certificates are issued for names. */
const keepName: NonNullable<ClusterOptions['dnsLookup']> = (name, callback) => callback(null, name);

/** The cluster options of a role, in addition to those of each node. */
export function clusterOptions(role: RedisRole): ClusterOptions {
  return {
    clusterRetryStrategy: backoff,
    slotsRefreshTimeout: 2_000,
    slotsRefreshInterval: 5_000,
    // In ioredis a `connect()` whose ready check runs during an election of a primary never settles, and BullMQ
    // awaits it. Without the check, commands fail with CLUSTERDOWN and are retried.
    enableReadyCheck: false,
    ...(role === 'queue'
      ? // As long as it takes for a node to come back or to be replaced.
        { retryDelayOnFailover: 200, retryDelayOnClusterDown: 200, maxRedirections: Number.MAX_SAFE_INTEGER }
      : // ioredis would send a command again that was under way to a node when its connection was lost.
        { retryDelayOnFailover: 0, retryDelayOnClusterDown: 100, maxRedirections: 16 }),
  };
}

/** A cluster whose commands time out while no node answers. ioredis supports that only for each node. */
class TimeoutCluster extends Cluster {
  override sendCommand(...args: Parameters<Cluster['sendCommand']>): unknown {
    const [command]: [Command, ...unknown[]] = args;
    command.setTimeout(answerLimitMs);
    return super.sendCommand(...args);
  }
}

function certificates({ ca, cert, key }: NonNullable<RedisSettings['tls']>): ConnectionOptions {
  return {
    ca: ca === undefined ? undefined : readFileSync(ca),
    cert: cert === undefined ? undefined : readFileSync(cert),
    key: key === undefined ? undefined : readFileSync(key),
  };
}
