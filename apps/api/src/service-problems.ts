import type { ErrorCode } from '@migrator/core';

/** What a look at the source may show that a person has to correct. */
export const sourceProblems = [
  'SOURCE_NOT_FOUND',
  'SOURCE_ACCESS_DENIED',
  'SOURCE_INVALID',
  'SOURCE_MESSAGE_TOO_LARGE',
] as const satisfies readonly ErrorCode[];

/** And a look at the target. */
export const targetProblems = [
  'ACCESS_DENIED',
  'CREDENTIALS_NOT_FOUND',
  'CREDENTIALS_EXPIRED',
  'CREDENTIALS_REFUSED',
  'REGION_NOT_FOUND',
  'TABLE_NOT_FOUND',
  'TABLE_KEY_MISMATCH',
  'TABLE_INDEX_MISMATCH',
] as const satisfies readonly ErrorCode[];
