import { exception, startScriptedDynamoDb } from '@migrator/devkit';
import { beforeEach, expect, test, vi } from 'vitest';

import { tryWrites } from './index.ts';

beforeEach(() => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'a-key');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'a-secret');
});

test('what DynamoDB refuses by its condition is permitted, and what it denies is not', async () => {
  await using dynamodb = await startScriptedDynamoDb(({ action }) =>
    action === 'PutItem'
      ? exception('ConditionalCheckFailedException')
      : exception('AccessDeniedException', 'not authorized'),
  );
  const { endpoint, calls } = dynamodb;
  const found = await tryWrites({ tableName: 'journals', region: 'eu-west-1', endpoint });
  expect(found).toMatchObject({ PutItem: undefined, DeleteItem: { code: 'ACCESS_DENIED' } });
  expect(calls.map(({ action }) => action)).toEqual(['PutItem', 'DeleteItem']);
  for (const { body } of calls)
    expect(body['ConditionExpression']).toBe('attribute_exists(dateKey) AND attribute_not_exists(dateKey)');
});
