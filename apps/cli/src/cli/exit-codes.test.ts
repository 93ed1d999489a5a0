import { MigrationError } from '@migrator/core';
import { ApiError } from '@migrator/runtime/api-client';
import { expect, it } from 'vitest';

import { exitCodeOf, exitCodeOfEnd, UsageError } from './exit-codes.ts';

it.each([
  [new ApiError('no answer'), 3],
  [new ApiError('busy', 503), 3],
  [new ApiError('too many', 429), 3],
  [new ApiError('wrong', 400), 2],
  [new ApiError('no token', 401), 4],
  [new ApiError('unknown', 404), 4],
  [new ApiError('conflict', 409), 4],
  [new ApiError('internal', 500), 1],
  [new ApiError('no API', 200), 1],
  [new UsageError('wrong'), 2],
  [new MigrationError('SOURCE_UNAVAILABLE', 'away'), 3],
  [new MigrationError('NO_DATA', 'empty'), 4],
  [new MigrationError('BACKUP_INVALID', 'damaged'), 1],
  [new Error('other'), 1],
])('%s ends with %i', (error, code) => {
  expect(exitCodeOf(error)).toBe(code);
});

it.each([
  ['running', null, 0],
  ['completed', null, 0],
  ['completed', { isValid: true }, 0],
  ['completed', { isValid: false }, 5],
  ['completed-with-failures', { isValid: true }, 5],
  ['cancelled', null, 5],
  ['failed', null, 1],
] as const)('a run that is %s, verified as %j, ends with %i', (state, verification, code) => {
  expect(exitCodeOfEnd(state, verification)).toBe(code);
});
