import { expect, test } from 'vitest';

import { type ErrorCode, errorTable, isRedisCode } from './error-codes.ts';

const codes = Object.keys(errorTable) as ErrorCode[];

test('a request that meets a Redis error is told to try again', () => {
  for (const code of codes.filter(isRedisCode)) expect(errorTable[code].httpStatus, code).toBe(503);
});

test('what only a person can correct is no internal error of a request', () => {
  // A run ends itself with the first; the API reads no backup.
  const metByNoRequest: readonly ErrorCode[] = ['PRUNE_NOT_CONFIRMED', 'BACKUP_INVALID'];
  for (const code of codes) {
    if (errorTable[code].onExhausted !== 'pause-run' || metByNoRequest.includes(code)) continue;
    expect(errorTable[code].httpStatus, code).toBeDefined();
  }
});
