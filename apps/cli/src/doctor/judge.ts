import type { LiveWorker } from '@migrator/queue';

import { amount } from '../amount.ts';
import { fail, type Line, ok, warn } from './line.ts';

/** The same as `engines` in package.json. */
const oldestNode = '22.19.0';

export function isOlder(version: string, than: string): boolean {
  return version.localeCompare(than, 'en', { numeric: true }) < 0;
}

export function judgeNode(version: string): Line {
  if (isOlder(version, oldestNode))
    return fail('Node', `Node ${version} is too old: install ${oldestNode} or later`);
  return ok('Node', version);
}

/** The fields of Redis's INFO. */
export type RedisInfo = Readonly<Record<string, string>>;

export function parseInfo(info: string): RedisInfo {
  return Object.fromEntries(
    info.split(/\r?\n/).flatMap((line) => {
      const at = line.indexOf(':');
      return line.startsWith('#') || at === -1 ? [] : [[line.slice(0, at), line.slice(at + 1)]];
    }),
  );
}

/** The minimum version for BullMQ. */
const oldestRedis = '6.2.0';

export function judgeRedisVersion({ redis_version: version }: RedisInfo): Line {
  if (version === undefined) return warn('Redis version', 'not reported by Redis; 6.2 or later is needed');
  if (isOlder(version, oldestRedis))
    return warn('Redis version', `${version}; BullMQ needs ${oldestRedis} or later: update it`);
  return ok('Redis version', version);
}

/** `save`: the setting of that name; undefined if Redis does not report it. */
export function judgePersistence({ aof_enabled: aof }: RedisInfo, save: string | undefined): Line {
  const check = 'Redis persistence';
  if (aof === '1') return ok(check, 'append-only file');
  if (save === undefined)
    return warn(check, 'no append-only file; the setting `save` is not known. Set appendonly yes');
  if (save === '')
    return warn(check, 'none: a restart of Redis loses the progress of a run. Set appendonly yes');
  return warn(check, `snapshots only (save ${save}): a crash loses the last minutes. Set appendonly yes`);
}

/** Bytes for the record of a user's task, with a margin (docs/reliability.md: some 60 bytes). */
const bytesPerUser = 120;
/** Bytes for kept jobs, lists of failures and Redis itself. */
const bytesOfAnyRun = 48 * 1024 * 1024;

export function judgeMemory(info: RedisInfo, users: number): Line {
  const check = 'Redis memory';
  const size = Number(info['maxmemory']) || Number(info['total_system_memory']);
  const used = Number(info['used_memory']);
  if (!Number.isFinite(used) || !size) return warn(check, 'not reported by Redis');
  const needed = users * bytesPerUser + bytesOfAnyRun;
  const says = `${megabytes(size - used)} MB free, ${megabytes(needed)} MB needed for ${amount(users)} users`;
  return size - used < needed ? fail(check, `${says}: raise maxmemory`) : ok(check, says);
}

function megabytes(bytes: number): string {
  return amount(bytes / 1024 / 1024);
}

const toleratedSkewMs = 5_000;

/** `aheadMs`: milliseconds that this machine's clock is ahead of the other one. */
export function judgeClock(of: string, aheadMs: number): Line {
  const check = `Clock (${of})`;
  const seconds = (Math.abs(aheadMs) / 1_000).toFixed(1);
  if (Math.abs(aheadMs) < toleratedSkewMs) return ok(check, `within ${toleratedSkewMs / 1_000} s`);
  const how = aheadMs > 0 ? 'ahead of' : 'behind';
  return warn(check, `this machine is ${seconds} s ${how} ${of}: set its clock by NTP`);
}

export function judgeWorkers(workers: readonly LiveWorker[]): Line {
  const check = 'Workers';
  if (workers.length === 0) return warn(check, 'none is live: start one with `pnpm worker`');
  const others = workers.filter(({ mismatch }) => mismatch !== undefined);
  const says = `${workers.length} live (${workers.map(({ host, pid }) => `${host}:${pid}`).join(', ')})`;
  if (others.length === 0) return ok(check, says);
  return warn(check, `${says}; ${others.length} configured for another source or target: see its log`);
}
