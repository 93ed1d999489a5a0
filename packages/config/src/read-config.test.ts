import { listPrices } from '@migrator/core';
import { expect, test } from 'vitest';

import { ConfigError } from './config-error.ts';
import { readConfig } from './read-config.ts';

test('an empty environment gives the defaults of the documentation', () => {
  expect(readConfig({})).toEqual({
    google: { databaseId: '(default)', usersCollection: 'users', journalCollection: 'trading-journal' },
    aws: { tableName: 'tradebook-heatmaps', createTable: false },
    redis: { url: 'redis://127.0.0.1:6379', prefix: '{journal-migration}' },
    http: { host: '127.0.0.1', port: 5000 },
    migration: { writeMode: 'safe', oversize: 'fail', userConcurrency: 8, writeConcurrency: 64, sourceRamp: false },
    prices: listPrices,
    logLevel: 'info',
  });
});

test('a variable left empty counts as none', () => {
  expect(readConfig({ PORT: '', API_TOKEN: '' })).toEqual(readConfig({}));
});

test.each([
  ['PORT', '50x', 'PORT holds "50x"; it may hold a whole number from 0 to 65535'],
  ['PORT', '65536', 'PORT holds "65536"; it may hold a whole number from 0 to 65535'],
  ['PORT', '-1', 'PORT holds "-1"; it may hold a whole number from 0 to 65535'],
  ['WRITE_MODE', 'fast', 'WRITE_MODE holds "fast"; it may hold one of safe, batch'],
  ['CREATE_TABLE', 'yes', 'CREATE_TABLE holds "yes"; it may hold one of true, false'],
  [
    'USERS_COLLECTION',
    'a/b',
    `USERS_COLLECTION holds "a/b"; it may hold a collection's name, without a slash`,
  ],
  ['AWS_ENDPOINT_URL_DYNAMODB', 'localhost:8000', /may hold a URL that begins with http/],
  ['USER_CONCURRENCY', '0', /a whole number from 1 to/],
  ['MAX_WRITE_UNITS_PER_SECOND', '1.5', /a whole number from 1/],
  ['SOURCE_RAMP', 'yes', 'SOURCE_RAMP holds "yes"; it may hold one of true, false'],
  ['LOG_LEVEL', 'loud', /one of fatal, error/],
])('%s=%s is refused with a line that says what it may hold', (name, value, message) => {
  expect(() => readConfig({ [name]: value })).toThrow(message);
  expect(() => readConfig({ [name]: value })).toThrow(ConfigError);
});

test('a secret that is wrong is not shown', () => {
  expect(() => readConfig({ API_TOKEN: 'short' })).toThrow(
    'API_TOKEN holds a value that is not shown; it may hold at least 16 characters',
  );
  expect(() => readConfig({ REDIS_URL: 'http://:geheim@x' })).toThrow(/^((?!geheim).)*$/);
});
