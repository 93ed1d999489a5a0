export interface RedisAddress {
  readonly host: string;
  readonly port: number;
}

interface Access {
  readonly tls: boolean;
  /** An ACL user; without one the password is the default user's. */
  readonly username?: string;
  readonly password?: string;
  /** 4 or 6: only IPv4 or IPv6 addresses; 0: both. Absent: the client's default. */
  readonly family?: 0 | 4 | 6;
}

/** The address of Redis and the credentials. */
export type RedisPlace =
  | (Access & { readonly kind: 'single'; readonly address: RedisAddress; readonly db: number })
  | (Access & {
      readonly kind: 'sentinel';
      readonly sentinels: readonly RedisAddress[];
      readonly masterName: string;
      readonly db: number;
      readonly sentinelUsername?: string;
      readonly sentinelPassword?: string;
    })
  | (Access & { readonly kind: 'cluster'; readonly nodes: readonly RedisAddress[] });

/** The accepted forms of a URL, for messages. */
export const redisUrlForms =
  'a URL such as redis://host:6379/0, rediss://user:password@host:6380, ' +
  'redis+sentinel://host1:26379,host2:26379/mymaster/0 or redis+cluster://host1:6379,host2:6379';

const shape =
  /^(?<scheme>rediss?)(?:[+-](?<kind>sentinel|cluster))?:\/\/(?:(?<user>[^/?#]*)@)?(?<hosts>[^/?#@]+)(?<path>\/[^?#]*)?(?:\?(?<query>[^#]*))?(?:#(?<hash>.*))?$/;
const addressShape = /^(?:\[(?<ip6>[\da-f:.]+)\]|(?<name>[^\s:[\]]+))(?::(?<port>\d{1,5}))?$/i;
const parameters = {
  single: ['family'],
  sentinel: ['family', 'sentinelUsername', 'sentinelPassword'],
  cluster: ['family'],
};

/**
 * Parses a Redis URL in its common forms; undefined if it is invalid. Several hosts, or `+cluster` (`-cluster`), mean
 * a cluster. `+sentinel` (`-sentinel`) requires the master's name as `/name`, `/name/db`, `#name` or `/db#name`. The
 * default port is 6379, a sentinel's 26379. `?family=` chooses IPv4 or IPv6; `?sentinelUsername=` and
 * `?sentinelPassword=` are the credentials of sentinels.
 */
export function parseRedisUrl(url: string): RedisPlace | undefined {
  try {
    return read(url);
  } catch {
    // An invalid percent-encoding.
    return undefined;
  }
}

/** Whether keys with this prefix share a slot of a cluster: it has a name in braces. */
export function isOneSlotPrefix(prefix: string): boolean {
  const start = prefix.indexOf('{');
  return start >= 0 && prefix.indexOf('}', start) > start + 1;
}

function read(url: string): RedisPlace | undefined {
  const groups = shape.exec(url)?.groups;
  if (groups === undefined) return undefined;
  const kind = groups['kind'] ?? (groups['hosts']?.includes(',') === true ? 'cluster' : 'single');
  if (kind !== 'single' && kind !== 'sentinel' && kind !== 'cluster') return undefined;

  const addresses = (groups['hosts'] ?? '')
    .split(',')
    .map((host) => addressOf(host, kind === 'sentinel' ? 26_379 : 6_379));
  const [first] = addresses;
  if (first === undefined || !addresses.every((address) => address !== undefined)) return undefined;

  const query = new URLSearchParams(groups['query']);
  if ([...query.keys()].some((name) => !parameters[kind].includes(name))) return undefined;
  const family = query.get('family');
  if (family !== null && !/^[046]$/.test(family)) return undefined;
  const access: Access = {
    tls: groups['scheme'] === 'rediss',
    ...credentials(groups['user']),
    ...(family === null ? {} : { family: Number(family) as 0 | 4 | 6 }),
  };

  const parts = (groups['path'] ?? '').split('/').filter(Boolean).map(decodeURIComponent);
  const hash = groups['hash'] === undefined ? [] : [decodeURIComponent(groups['hash'])];
  if (kind === 'sentinel') {
    const [masterName, db, ...more] = [...hash, ...parts];
    const place = numberOf(db);
    if (masterName === undefined || masterName === '' || place === undefined || more.length > 0)
      return undefined;
    return {
      kind,
      ...access,
      sentinels: addresses,
      masterName,
      db: place,
      ...optional('sentinelUsername', query.get('sentinelUsername')),
      ...optional('sentinelPassword', query.get('sentinelPassword')),
    };
  }
  const [db, ...more] = parts;
  const place = numberOf(db);
  if (place === undefined || more.length > 0 || hash.length > 0) return undefined;
  // A cluster has one database.
  if (kind === 'cluster') return place === 0 ? { kind, ...access, nodes: addresses } : undefined;
  return { kind, ...access, address: first, db: place };
}

function addressOf(text: string, defaultPort: number): RedisAddress | undefined {
  const groups = addressShape.exec(text)?.groups;
  const host = groups?.['ip6'] ?? groups?.['name'];
  const port = groups?.['port'] === undefined ? defaultPort : Number(groups['port']);
  return host === undefined || port > 65_535 ? undefined : { host, port };
}

function credentials(user: string | undefined): Pick<Access, 'username' | 'password'> {
  if (user === undefined) return {};
  const colon = user.indexOf(':');
  const [name, password] = colon < 0 ? [user, ''] : [user.slice(0, colon), user.slice(colon + 1)];
  return {
    ...optional('username', decodeURIComponent(name)),
    ...optional('password', decodeURIComponent(password)),
  };
}

function optional<Key extends string>(key: Key, value: string | null): { readonly [K in Key]?: string } {
  return (value === null || value === '' ? {} : { [key]: value }) as { readonly [K in Key]?: string };
}

function numberOf(text: string | undefined): number | undefined {
  if (text === undefined) return 0;
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}
