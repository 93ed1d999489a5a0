import { MigrationError, type Target } from '@migrator/core';
import {
  exception,
  heldLease,
  type ScriptedAnswer,
  type ScriptedCall,
  startScriptedDynamoDb,
} from '@migrator/devkit';
import { afterEach, expect, onTestFinished, test, vi } from 'vitest';
import { createDynamoDbTarget } from './index.ts';

const arn = 'arn:aws:dynamodb:eu-central-1:123456789012:table/journals';

afterEach(() => vi.unstubAllEnvs());

/** What no local DynamoDB answers; each has tags in one page, and permits everything. */
async function open(answer: (call: ScriptedCall) => ScriptedAnswer): Promise<{
  target: Target;
  calls: readonly ScriptedCall[];
}> {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'local');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
  const dynamodb = await startScriptedDynamoDb((call) =>
    call.action === 'DescribeTable' ? { body: { Table: { TableArn: arn } } } : answer(call),
  );
  onTestFinished(() => dynamodb[Symbol.asyncDispose]());
  const { endpoint, calls } = dynamodb;
  const target = createDynamoDbTarget({ tableName: 'journals', region: 'eu-central-1', endpoint });
  onTestFinished(() => target.close());
  return { target, calls };
}

test('tags are read page by page, by the name of the table that it has for itself', async () => {
  const { target, calls } = await open(({ body }) =>
    body['NextToken'] === undefined
      ? { body: { Tags: [{ Key: 'ours/a', Value: '1' }], NextToken: 'more' } }
      : {
          body: {
            Tags: [
              { Key: 'theirs', Value: '2' },
              { Key: 'ours/b', Value: '3' },
            ],
          },
        },
  );
  expect([...(await target.readTags('ours/'))]).toEqual([
    ['ours/a', '1'],
    ['ours/b', '3'],
  ]);
  expect(calls.filter(({ action }) => action === 'ListTagsOfResource').map(({ body }) => body)).toEqual([
    { ResourceArn: arn },
    { ResourceArn: arn, NextToken: 'more' },
  ]);
});

test.each([
  ['AccessDeniedException', 'ACCESS_DENIED', 'allow dynamodb:TagResource on table "journals"'],
  ['UnknownOperationException', 'NOT_SUPPORTED', 'has no such call'],
])('%s is %s', async (name, code, says) => {
  const { target, calls } = await open(() => exception(name, 'no'));
  await expect(target.writeTag('key', 'value', heldLease)).rejects.toMatchObject({
    code,
    message: expect.stringContaining(says),
  });
  expect(calls.map(({ action }) => action)).toEqual(['DescribeTable', 'TagResource']);
});

test('while the table is being changed it is tried again', async () => {
  let tries = 0;
  const { target, calls } = await open(() =>
    (tries += 1) < 3 ? exception('ResourceInUseException', 'being tagged') : { body: '' },
  );
  await target.writeTag('key', 'value', heldLease);
  expect(calls.at(-1)?.body).toEqual({ ResourceArn: arn, Tags: [{ Key: 'key', Value: 'value' }] });
  expect(tries).toBe(3);
});

test('no tag is sent without a lease, nor sent again', async () => {
  let leases = 0;
  // One that runs out with the first answer. Each try asks twice.
  const lease = {
    require() {
      if ((leases += 1) > 2) throw new MigrationError('LEASE_EXPIRED', 'over');
    },
  };
  const { target, calls } = await open(() => exception('ThrottlingException', 'slower'));
  await expect(target.writeTag('key', 'value', lease)).rejects.toMatchObject({ code: 'LEASE_EXPIRED' });
  expect(calls.filter(({ action }) => action === 'TagResource')).toHaveLength(1);
});
