import { type ErrorCode, isRedisCode, MigrationError } from '@migrator/core';

import { type RedisConnection, tlsCutOff } from './primary-redis.ts';

/** The meaning of one error, without the state of its connection. */
interface Meaning {
  readonly code: ErrorCode;
  readonly message: string;
}

const urlNames = 'REDIS_URL';

/** Error prefixes of Redis, with the code and the message for an operator. */
const refusals: Readonly<Record<string, readonly [ErrorCode, what: string]>> = {
  OOM: [
    'REDIS_FULL',
    'Redis is full (maxmemory) and takes no writes; raise maxmemory, or delete what is not needed',
  ],
  MISCONF: [
    'REDIS_NOT_SAVING',
    "Redis can't save to its disk and takes no writes; its log says why (mostly no space, or no permission in its `dir`)",
  ],
  NOREPLICAS: [
    'REDIS_NO_REPLICAS',
    'Redis has fewer replicas than min-replicas-to-write and takes no writes; bring them back, or lower that setting',
  ],
  READONLY: [
    'REDIS_READ_ONLY',
    `Redis is a read-only replica; ${urlNames} must name the primary, or its sentinels (redis+sentinel://)`,
  ],
  NOAUTH: [
    'REDIS_AUTH_REQUIRED',
    `Redis requires a password, and ${urlNames} has none; write it as redis://user:password@host`,
  ],
  WRONGPASS: [
    'REDIS_AUTH_REFUSED',
    `Redis refuses the user or password of ${urlNames}; check both, and percent-encode what a URL reserves in them (@ : / ? # %)`,
  ],
  NOPERM: [
    'REDIS_ACCESS_DENIED',
    'Redis denies its user what the migration needs; give it the commands and keys that docs/containers.md names',
  ],
  DENIED: [
    'REDIS_ACCESS_DENIED',
    'Redis refuses connections from another host (protected mode); give it a password',
  ],
  LOADING: ['REDIS_UNAVAILABLE', 'Redis still loads its data; wait'],
  MASTERDOWN: ['REDIS_UNAVAILABLE', `Redis is a replica that has lost its primary; check ${urlNames}`],
  CLUSTERDOWN: ['REDIS_UNAVAILABLE', 'the Redis Cluster is down; bring its nodes back'],
  TRYAGAIN: ['REDIS_UNAVAILABLE', 'the Redis Cluster moves keys at the moment; wait'],
  BUSY: ['REDIS_UNAVAILABLE', 'Redis is busy with a script; wait, or SCRIPT KILL'],
};

const noDatabase = [
  'REDIS_DATABASE',
  `Redis has no database of the number in ${urlNames}; name another, or raise its setting \`databases\``,
] as const;
const noRoom = ['REDIS_UNAVAILABLE', 'Redis has no room for another client; raise maxclients'] as const;

/** An older Redis adds a prefix to errors in scripts. */
const refusal = /^(?:ERR Error running script .*: -?)?([A-Z]+) /s;

const lostNames = new Set([
  'MaxRetriesPerRequestError',
  'ClusterAllFailedError',
  'AbortError',
  'ParserError',
]);
const lostMessages =
  /^(Connection is (closed|in)|Stream isn't writeable|Command timed out|Socket timeout|Cluster isn't ready|None of startup nodes|Too many Cluster redirections|Failed to refresh slots|All sentinels)/;
const networkCalls = new Set(['connect', 'read', 'write', 'shutdown', 'getaddrinfo']);
const tlsCodes =
  /^(ERR_TLS_|ERR_SSL_|EPROTO$|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|HOSTNAME_MISMATCH|INVALID_CA|PATH_LENGTH)/;

/**
 * The MigrationError for an error of Redis or of the connection; undefined for any other error, such as a bug. If the
 * error says only that the connection is lost, the reason is taken from the state of `redis`.
 */
export function toRedisError(error: unknown, redis?: RedisConnection): MigrationError | undefined {
  if (error instanceof MigrationError) return isRedisCode(error.code) ? error : undefined;
  const meaning = meaningOf(error);
  if (meaning === undefined) return undefined;
  const met = redis === undefined ? undefined : lastErrors.get(redis)?.error;
  const { code, message } = meaning.code === 'REDIS_UNAVAILABLE' && met !== undefined ? met : meaning;
  // No cause: a ReplyError holds the command, which may contain a password.
  return new MigrationError(code, message, isReply(error) ? {} : { cause: error });
}

/** A proxy of the object whose methods reject with `toRedisError` of their errors. */
export function namingRedisErrors<T extends object>(port: T, redis?: RedisConnection): T {
  return new Proxy(port, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name);
      if (typeof method !== 'function') return method;
      return async (...args: unknown[]): Promise<unknown> => {
        try {
          return await (Reflect.apply(method, target, args) as Promise<unknown>);
        } catch (error) {
          throw toRedisError(error, redis) ?? error;
        }
      };
    },
  });
}

/** For each connection that is not ready: its last error, and how many of that code came in a row. */
const lastErrors = new WeakMap<RedisConnection, { readonly error: MigrationError; readonly times: number }>();
/** More in a row than a restarting server returns. */
const surelyFaulty = 3;

/** Errors of the configuration: retrying does not help. */
const configurationFaults: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'REDIS_AUTH_REQUIRED',
  'REDIS_AUTH_REFUSED',
  'REDIS_ACCESS_DENIED',
  'REDIS_TLS',
  'REDIS_DATABASE',
  'REDIS_CLUSTER_NODE',
  'REDIS_EVICTS',
  'REDIS_RECORD_VERSION',
]);

export function isConfigurationFault(error: unknown): boolean {
  return configurationFaults.has(MigrationError.codeOf(error));
}

/** Keeps a connection error as the reason of the following errors of its commands. */
export function rememberError(redis: RedisConnection, error: Error): MigrationError {
  const { status } = redis;
  const known = toRedisError(error) ?? new MigrationError('REDIS_UNAVAILABLE', out(error), { cause: error });
  // The server accepted the connection and closed it without a response.
  const named =
    known.code === 'REDIS_UNAVAILABLE' && status === 'connect' && 'syscall' in error
      ? new MigrationError(known.code, putOut(error), { cause: error })
      : known;
  const before = lastErrors.get(redis);
  lastErrors.set(redis, { error: named, times: before?.error.code === named.code ? before.times + 1 : 1 });
  return named;
}

export function forgetError(redis: RedisConnection): void {
  lastErrors.delete(redis);
}

/** Why the connection fails; undefined if unknown. */
export function toServiceError(redis: RedisConnection): MigrationError | undefined {
  return lastErrors.get(redis)?.error;
}

/** The same, but only if waiting can not help. */
export function faultOf(redis: RedisConnection): MigrationError | undefined {
  const { error, times = 0 } = lastErrors.get(redis) ?? {};
  return times >= surelyFaulty && isConfigurationFault(error) ? error : undefined;
}

/** The first nested error that says more than "unreachable", else that one. */
function meaningOf(error: unknown, depth = 0): Meaning | undefined {
  if (!(error instanceof Error) || depth > 4) return undefined;
  const own = ownMeaning(error);
  if (own !== undefined && own.code !== 'REDIS_UNAVAILABLE') return own;
  const { lastNodeError, previousErrors = [], errors = [], cause } = error as WrappingError;
  const inner = [lastNodeError, ...previousErrors, ...errors, cause].map((one) => meaningOf(one, depth + 1));
  return (
    inner.find((one) => one !== undefined && one.code !== 'REDIS_UNAVAILABLE') ??
    own ??
    inner.find((one) => one !== undefined)
  );
}

interface WrappingError extends Error {
  readonly lastNodeError?: unknown;
  readonly previousErrors?: readonly unknown[];
  readonly errors?: readonly unknown[];
}

function ownMeaning(error: Error): Meaning | undefined {
  const { message } = error;
  if (isReply(error)) return replyMeaning(error);
  const code = 'code' in error ? String(error.code) : '';
  // A TLS record begins with this character.
  if (tlsCodes.test(code) || message.includes(tlsCutOff) || message.includes(String.raw`"\u0015"`)) {
    return { code: 'REDIS_TLS', message: `No TLS with Redis (${inShort(message)}); ${tlsAdvice(message)}` };
  }
  const isNetwork = code !== '' && 'syscall' in error && networkCalls.has(String(error.syscall));
  if (!isNetwork && !lostNames.has(error.name) && !lostMessages.test(message)) return undefined;
  return { code: 'REDIS_UNAVAILABLE', message: out(error) };
}

function tlsAdvice(message: string): string {
  return message.includes(tlsCutOff) || /wrong.version|packet length/i.test(message)
    ? `does it speak TLS? ${urlNames} begins with rediss://`
    : 'check REDIS_TLS_CA, REDIS_TLS_CERT and REDIS_TLS_KEY, and that the certificate is for the host in ' +
        urlNames;
}

interface Reply extends Error {
  readonly command?: { readonly name?: string };
}

/** Whether it is an error response of Redis; ioredis exports no class for it. */
function isReply(error: unknown): error is Reply {
  return error instanceof Error && error.name === 'ReplyError';
}

function replyMeaning(error: Reply): Meaning | undefined {
  const { message, command } = error;
  const [, word = ''] = refusal.exec(message) ?? [];
  const known =
    refusals[word] ??
    (command?.name === 'select' ? noDatabase : /max number of clients/.test(message) ? noRoom : undefined);
  return known === undefined ? undefined : { code: known[0], message: `${known[1]} (${inShort(message)})` };
}

function out(error: Error): string {
  return `Redis can't be reached (${inShort(error.message)}); check ${urlNames} and that it runs`;
}

function putOut(error: Error): string {
  return (
    `Redis ends each connection before it answers (${inShort(error.message)}): it may be starting, have no room for ` +
    `another client (maxclients), or want TLS (${urlNames} begins with rediss:// then)`
  );
}

/** Messages of Redis may be long. */
function inShort(message: string): string {
  const [line = ''] = message.trim().split('\n');
  return line.length > 160 ? `${line.slice(0, 160)}…` : line;
}
