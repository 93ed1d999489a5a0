import { readFileSync } from 'node:fs';
import { Redis, type RedisOptions } from 'ioredis';

/** TLS and credentials that several Redis servers, or sentinels, require of each other and of their clients. */
export interface RedisGuard {
  /** PEM files: a self-signed certificate for 127.0.0.1, which clients present too, and its key. */
  readonly cert: string;
  readonly key: string;
  /** Without a user it is the default user's. */
  readonly user?: string;
  readonly password: string;
}

/** Settings by name, of a server or of a sentinel, that allow connections only over TLS. */
export function tlsSettings({ cert, key }: RedisGuard, port: number): [name: string, value: string][] {
  return [
    ['port', '0'],
    ['tls-port', String(port)],
    ['tls-cert-file', cert],
    ['tls-key-file', key],
    ['tls-ca-cert-file', cert],
    ['tls-replication', 'yes'],
  ];
}

/** These settings and the password, as arguments of a server. */
export function guardedSettings(guard: RedisGuard | undefined, port: number): string[] {
  if (guard === undefined) return [];
  const { password } = guard;
  return [...tlsSettings(guard, port), ['requirepass', password], ['masterauth', password]].flatMap(
    ([name, value]) => [`--${name}`, `${value}`],
  );
}

export function connectTo(
  port: number,
  guard: RedisGuard | undefined,
  options: Pick<RedisOptions, 'lazyConnect' | 'retryStrategy' | 'commandTimeout'> = {},
): Redis {
  if (guard === undefined) return new Redis({ host: '127.0.0.1', port, ...options });
  const { user, password } = guard;
  const [cert, key] = [readFileSync(guard.cert), readFileSync(guard.key)];
  return new Redis({
    host: '127.0.0.1',
    port,
    tls: { ca: cert, cert, key },
    username: user,
    password,
    ...options,
  });
}

export async function withClient<T>(
  port: number,
  guard: RedisGuard | undefined,
  work: (client: Redis) => Promise<T>,
  options?: Parameters<typeof connectTo>[2],
): Promise<T> {
  const client = connectTo(port, guard, options);
  // Its commands reject with the same error.
  client.on('error', () => {});
  try {
    return await work(client);
  } finally {
    client.disconnect();
  }
}

/** The beginning of a URL, up to the hosts. */
export function urlUpToHosts(kind: 'sentinel' | 'cluster', guard: RedisGuard | undefined): string {
  if (guard === undefined) return `redis+${kind}://`;
  return `rediss+${kind}://${guard.user ?? ''}:${encodeURIComponent(guard.password)}@`;
}
