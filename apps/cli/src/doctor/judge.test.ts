import { expect, it } from 'vitest';

import {
  judgeClock,
  judgeMemory,
  judgeNode,
  judgePersistence,
  judgeRedisVersion,
  judgeWorkers,
  parseInfo,
} from './judge.ts';

it.each([
  ['20.20.2', 'fail'],
  ['22.18.9', 'fail'],
  ['22.19.0', 'ok'],
  ['26.12.1', 'ok'],
])('Node %s: %s', (version, level) => {
  expect(judgeNode(version).level).toBe(level);
});

it.each([
  [{ redis_version: '5.0.14' }, 'warn'],
  [{ redis_version: '6.2.0' }, 'ok'],
  [{ redis_version: '7.0.15' }, 'ok'],
  [{ redis_version: '10.0.0' }, 'ok'],
  [{}, 'warn'],
])('Redis of %j: %s', (info, level) => {
  expect(judgeRedisVersion(info).level).toBe(level);
});

it.each([
  ['1', undefined, 'ok', 'append-only'],
  ['0', undefined, 'warn', 'is not known'],
  ['0', '', 'warn', 'loses the progress'],
  ['0', '3600 1', 'warn', 'snapshots only'],
])('persistence with AOF %s and save %j: %s', (aof, save, level, words) => {
  expect(judgePersistence({ aof_enabled: aof }, save)).toMatchObject({
    level,
    says: expect.stringContaining(words),
  });
});

const mega = 1024 * 1024;

it.each([
  [{ maxmemory: 0, total_system_memory: 8_000 * mega, used_memory: mega }, 1_000_000, 'ok'],
  [{ maxmemory: 100 * mega, total_system_memory: 8_000 * mega, used_memory: mega }, 1_000_000, 'fail'],
  [{ maxmemory: 100 * mega, total_system_memory: 8_000 * mega, used_memory: mega }, 100_000, 'ok'],
  [{ maxmemory: 100 * mega, total_system_memory: 8_000 * mega, used_memory: 90 * mega }, 1, 'fail'],
  [{}, 1, 'warn'],
])('memory of %j for %i users: %s', (info, users, level) => {
  const text = Object.fromEntries(Object.entries(info).map(([name, value]) => [name, String(value)]));
  expect(judgeMemory(text, users).level).toBe(level);
});

it.each([
  [0, 'ok', 'within 5 s'],
  [-4_999, 'ok', 'within 5 s'],
  [60_000, 'warn', '60.0 s ahead of Redis'],
  [-60_000, 'warn', '60.0 s behind Redis'],
])('a clock %i ms ahead: %s', (aheadMs, level, words) => {
  expect(judgeClock('Redis', aheadMs)).toMatchObject({ level, says: expect.stringContaining(words) });
});

it('warns where no worker is live, and where one works on something else', () => {
  const worker = { id: 'a', host: 'h', pid: 1, version: '1.0.0', since: '', lastSeenMs: 0, tasks: 0 };
  const mismatch = { operationId: 'migration-1', differences: [] };
  expect(judgeWorkers([]).level).toBe('warn');
  expect(judgeWorkers([worker])).toMatchObject({ level: 'ok', says: '1 live (h:1)' });
  expect(judgeWorkers([worker, { ...worker, mismatch }]).level).toBe('warn');
});

it('reads the fields of INFO, with colons in their values', () => {
  expect(parseInfo('# Server\r\nredis_version:7.0.15\r\nexecutable:/a:b\r\n\r\n')).toEqual({
    redis_version: '7.0.15',
    executable: '/a:b',
  });
});
