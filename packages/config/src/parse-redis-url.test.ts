import { expect, test } from 'vitest';
import { isOneSlotPrefix, parseRedisUrl } from './parse-redis-url.ts';

const single = { kind: 'single', tls: false, db: 0 };
const address = (host: string, port: number): { host: string; port: number } => ({ host, port });

test.each([
  ['redis://cache', { ...single, address: address('cache', 6379) }],
  ['redis://cache:7000/3', { ...single, address: address('cache', 7000), db: 3 }],
  ['redis://:p%40ss@cache', { ...single, address: address('cache', 6379), password: 'p@ss' }],
  [
    'rediss://app:a:b@cache:6380/',
    { ...single, tls: true, address: address('cache', 6380), username: 'app', password: 'a:b' },
  ],
  ['redis://[::1]:6379?family=6', { ...single, address: address('::1', 6379), family: 6 }],
  [
    'redis+sentinel://s1,s2:5000/mymaster',
    {
      kind: 'sentinel',
      tls: false,
      db: 0,
      masterName: 'mymaster',
      sentinels: [address('s1', 26379), address('s2', 5000)],
    },
  ],
  [
    'rediss-sentinel://app:pw@s1/main/2?sentinelUsername=watch&sentinelPassword=p%2Fw',
    {
      kind: 'sentinel',
      tls: true,
      db: 2,
      masterName: 'main',
      username: 'app',
      password: 'pw',
      sentinels: [address('s1', 26379)],
      sentinelUsername: 'watch',
      sentinelPassword: 'p/w',
    },
  ],
  [
    'redis-sentinel://s1/2#main',
    { kind: 'sentinel', tls: false, db: 2, masterName: 'main', sentinels: [address('s1', 26379)] },
  ],
  ['redis+cluster://n1:7001', { kind: 'cluster', tls: false, nodes: [address('n1', 7001)] }],
  [
    'rediss://:pw@n1:7001,n2:7002/0',
    { kind: 'cluster', tls: true, password: 'pw', nodes: [address('n1', 7001), address('n2', 7002)] },
  ],
])('%s', (url, place) => {
  expect(parseRedisUrl(url)).toStrictEqual(place);
});

test.each([
  '',
  'cache:6379',
  'http://cache',
  'redis://',
  'redis://cache:70000',
  'redis://cache/first',
  'redis://cache/0/1',
  'redis://cache?tls=true',
  'redis://cache?family=5',
  'redis://a,,b',
  'redis://:%zz@cache',
  'redis+sentinel://s1',
  'redis+sentinel://s1/main/first',
  'redis+cluster://n1/2',
  'redis+other://n1',
])('%s is none', (url) => {
  expect(parseRedisUrl(url)).toBeUndefined();
});

test('keys share a slot by a name in braces', () => {
  expect(['{a}', 'x{a}:y', 'a', '{}', '{a', '}a{'].map(isOneSlotPrefix)).toStrictEqual([
    true,
    true,
    false,
    false,
    false,
    false,
  ]);
});
