import type { ErrorCode } from '@migrator/core';
import { describe, expect, test } from 'vitest';
import { targetError, toServiceError } from './target-errors.ts';

const put = { action: 'PutItem', tableName: 'journals' };

describe('what DynamoDB answers', () => {
  test.each<[string, string, ErrorCode, RegExp]>([
    ['ProvisionedThroughputExceededException', 'The level of …', 'THROTTLED', /is throttled/],
    ['ThrottlingException', 'Rate exceeded', 'THROTTLED', /is throttled/],
    ['RequestLimitExceeded', '', 'THROTTLED', /is throttled/],
    [
      'AccessDeniedException',
      'User: … is not authorized',
      'ACCESS_DENIED',
      /allow dynamodb:PutItem on table "journals"/,
    ],
    ['ResourceNotFoundException', 'Requested resource not found', 'TABLE_NOT_FOUND', /DYNAMODB_TABLE/],
    ['ExpiredTokenException', 'The security token … is expired', 'CREDENTIALS_EXPIRED', /renew/],
    ['UnrecognizedClientException', 'The security token …', 'CREDENTIALS_REFUSED', /AWS_ACCESS_KEY_ID/],
    ['InvalidSignatureException', 'The request signature …', 'CREDENTIALS_REFUSED', /AWS_SECRET_ACCESS_KEY/],
    ['ValidationException', 'Item size has exceeded the maximum allowed size', 'ITEM_TOO_LARGE', /400 KB/],
    [
      'ValidationException',
      'Item size to update has exceeded the maximum allowed size',
      'ITEM_TOO_LARGE',
      /400 KB/,
    ],
    [
      'ValidationException',
      'One or more parameter values were invalid: Size of hashkey has exceeded the maximum size limit of2048 bytes',
      'KEY_TOO_LONG',
      /2,048/,
    ],
    [
      'ValidationException',
      'The provided key element does not match the schema',
      'TABLE_KEY_MISMATCH',
      /dateKey \(String\)/,
    ],
    ['ValidationException', 'Nesting Levels have exceeded supported limits', 'INVALID_ITEM', /Nesting/],
    ['SerializationException', '', 'INVALID_ITEM', /SerializationException/],
    ['SomethingNewException', 'who knows', 'INTERNAL', /SomethingNewException: who knows/],
    ['toString', '', 'INTERNAL', /toString/],
  ])('%s (%s) is %s', (name, message, code, sentence) => {
    const error = targetError({ name, message, httpStatus: 400 }, put);
    expect(error.code).toBe(code);
    expect(error.message).toMatch(/^Failed to save journal data: /);
    expect(error.message).toMatch(sentence);
  });

  test.each([
    ['InternalServerError', 500],
    ['ServiceUnavailable', 503],
    ['SomethingNewException', 502],
    ['', 403],
  ])('%s with status %i is transient', (name, httpStatus) => {
    expect(targetError({ name, message: 'x', httpStatus }, put).code).toBe('TARGET_UNAVAILABLE');
  });

  test('what is no write does not claim to be one', () => {
    const error = targetError({ name: 'ThrottlingException', message: '' }, { ...put, action: 'Scan' });
    expect(error.message).toMatch(/^DynamoDB Scan failed: /);
  });
});

describe('what is thrown', () => {
  test.each<[Error, ErrorCode]>([
    [Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }), 'TARGET_UNAVAILABLE'],
    [Object.assign(new Error('other side closed'), { code: 'UND_ERR_SOCKET' }), 'TARGET_UNAVAILABLE'],
    [Object.assign(new Error('took too long'), { name: 'TimeoutError' }), 'TARGET_UNAVAILABLE'],
    [
      Object.assign(new Error('Could not load'), { name: 'CredentialsProviderError' }),
      'CREDENTIALS_NOT_FOUND',
    ],
    [new Error('Region is missing'), 'REGION_NOT_FOUND'],
    [new TypeError('x is not a function'), 'INTERNAL'],
    [Object.assign(new TypeError('bad'), { code: 'ERR_INVALID_ARG_TYPE' }), 'INTERNAL'],
    [
      Object.assign(new Error('no'), { name: 'AccessDeniedException', $metadata: { httpStatusCode: 400 } }),
      'ACCESS_DENIED',
    ],
    [
      Object.assign(new Error('down'), { name: 'Unknown', $metadata: { httpStatusCode: 500 } }),
      'TARGET_UNAVAILABLE',
    ],
  ])('%s is %s', (thrown, code) => {
    const error = targetError(toServiceError(thrown), put);
    expect(error).toMatchObject({ code, cause: thrown });
  });

  test('missing credentials are told in the words of the guide', () => {
    const thrown = Object.assign(new Error('Could not load'), { name: 'CredentialsProviderError' });
    expect(targetError(toServiceError(thrown), put).message).toContain(
      'AWS credentials not found: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY',
    );
  });
});
