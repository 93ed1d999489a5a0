import { status } from '@grpc/grpc-js';
import { type ErrorCode, MigrationError } from '@migrator/core';
import { expect, test } from 'vitest';
import { sourceError } from './source-errors.ts';

const path = 'users/ann/trading-journal';

test.each<[keyof typeof status, ErrorCode, RegExp]>([
  ['UNAVAILABLE', 'SOURCE_UNAVAILABLE', /can't be reached/],
  ['INTERNAL', 'SOURCE_UNAVAILABLE', /failed/],
  ['ABORTED', 'SOURCE_UNAVAILABLE', /failed/],
  ['UNKNOWN', 'SOURCE_UNAVAILABLE', /failed/],
  ['CANCELLED', 'SOURCE_UNAVAILABLE', /failed/],
  ['DEADLINE_EXCEEDED', 'SOURCE_UNAVAILABLE', /in time/],
  ['RESOURCE_EXHAUSTED', 'SOURCE_THROTTLED', /throttles/],
  ['PERMISSION_DENIED', 'SOURCE_ACCESS_DENIED', /roles\/datastore\.viewer/],
  ['UNAUTHENTICATED', 'CREDENTIALS_REFUSED', /GOOGLE_APPLICATION_CREDENTIALS/],
  ['NOT_FOUND', 'SOURCE_NOT_FOUND', /GOOGLE_CLOUD_PROJECT/],
  ['INVALID_ARGUMENT', 'SOURCE_INVALID', /refused the request/],
  ['FAILED_PRECONDITION', 'SOURCE_INVALID', /refused the request/],
  ['UNIMPLEMENTED', 'SOURCE_INVALID', /refused the request/],
  ['OUT_OF_RANGE', 'SOURCE_INVALID', /refused the request/],
])('%s becomes %s', (name, code, sentence) => {
  const cause = Object.assign(new Error('x'), { code: status[name], details: 'what Google says' });
  const error = sourceError(cause, path);
  expect(error).toMatchObject({ code, cause });
  expect(error.message).toMatch(sentence);
  expect(error.message).toContain(path);
  expect(error.message).toContain(`${name}: what Google says`);
});

test('what is not a status is an error too, and says what it is', () => {
  expect(sourceError(new Error('socket hang up'), path)).toMatchObject({
    code: 'SOURCE_UNAVAILABLE',
    message: expect.stringContaining('socket hang up'),
  });
});

test('an error of ours stays what it is', () => {
  const error = new MigrationError('MALFORMED_DOCUMENT', 'no update time');
  expect(sourceError(error, path)).toBe(error);
});
