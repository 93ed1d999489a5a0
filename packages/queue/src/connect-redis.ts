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
  /** Answers people: fails fast, so that a request gets its 503 within seconds. */
  | 'api'
  /** Keeps the ledger: a command whose answer is lost is never sent a second time, or it would be counted twice. */
  | 'ledger'
  /** BullMQ's, in a worker that runs for hours: waits for a Redis that is away and goes on. */
  | 'queue';

export interface RedisSettings {
  /** One that `parseRedisUrl` reads. */
  readonly url: string;
  /** PEM files, for a `rediss` URL. Without `ca`, those that Node trusts vouch for Redis. */
  readonly tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string };
}

const answerLimitMs = 2_500;

/**
 * A connection that is there and brings nothing back, as over a cable that was pulled, would be waited on for good. What
 * blocks on purpose is answered within ten seconds.
 */
const silenceLimitMs = { api: 5_000, ledger: 10_000, queue: 30_000 };

const roles = {
  // The offline queue stays on: BullMQ's first command, sent at start, must wait for a Redis that comes up later.
  api: { maxRetriesPerRequest: 0, commandTimeout: answerLimitMs, socketTimeout: silenceLimitMs.api },
  ledger: { maxRetriesPerRequest: 0, socketTimeout: silenceLimitMs.ledger },
  queue: { maxRetriesPerRequest: null, socketTimeout: silenceLimitMs.queue },
} satisfies Record<RedisRole, RedisOptions>;

const backoff = (times: number): number => Math.min(50 * 2 ** Math.min(times, 10), 1_000);

/** A connection that never throws by itself; `onError` hears of its errors, by their codes, at most once for each loss. */
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

/** Whether no command goes out a second time after its answer was lost. */
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
    // One that hangs would be waited on for good, while the others know.
    sentinelCommandTimeout: 2_000,
    // A primary that hangs closes no connection; the sentinels tell when another has taken its place.
    failoverDetector: true,
    sentinelUsername,
    sentinelPassword,
    enableTLSForSentinelMode: tls !== undefined,
    sentinelTLS: tls,
  });
}

/**
 * One that a failover can't end. The detector of ioredis goes on watching after its connection is lost, and the news that it
 * gets while the next one is being looked for makes that give up for good: its status is `end`, and it never tries again.
 */
class PersistentSentinelConnector extends SentinelConnector {
  #watching = false;

  constructor(options: unknown) {
    super(options as SentinelConnectionOptions);
  }

  override async connect(
    ...args: Parameters<SentinelConnector['connect']>
  ): ReturnType<SentinelConnector['connect']> {
    // Calls the last detector off; the sentinels are about to be asked anyway, and the new connection brings its own. Once,
    // because each time leaves listeners at the detector's sockets, and a primary can be away for a thousand attempts.
    if (this.#watching) this.disconnect();
    this.#watching = false;
    const stream = await super.connect(...args);
    stream.once('connect', () => {
      this.#watching = true;
    });
    return stream;
  }
}

/** Names stay names, because they are what the certificates vouch for. */
const keepName: NonNullable<ClusterOptions['dnsLookup']> = (name, callback) => callback(null, name);

/** What a role needs of a cluster beyond what it needs of each node. */
export function clusterOptions(role: RedisRole): ClusterOptions {
  return {
    clusterRetryStrategy: backoff,
    slotsRefreshTimeout: 2_000,
    slotsRefreshInterval: 5_000,
    // A `connect()` whose ready check meets a cluster that is just electing a primary never settles in ioredis, and BullMQ
    // awaits it. Without the check, commands meet CLUSTERDOWN instead, and are tried again.
    enableReadyCheck: false,
    ...(role === 'queue'
      ? // As long as it takes for a node to come back or to be replaced.
        { retryDelayOnFailover: 200, retryDelayOnClusterDown: 200, maxRedirections: Number.MAX_SAFE_INTEGER }
      : // ioredis would send a command again that was under way to a node when its connection was lost.
        { retryDelayOnFailover: 0, retryDelayOnClusterDown: 100, maxRedirections: 16 }),
  };
}

/** One whose commands fail in time while no node answers, too; ioredis itself has that only for each node. */
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
