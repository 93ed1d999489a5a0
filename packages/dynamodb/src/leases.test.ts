import { dateKey, type Lease, MigrationError, type Target } from '@migrator/core';
import {
  encodeItem,
  exception,
  heldLease,
  migratedItem,
  type ScriptedAnswer,
  type ScriptedDynamoDb,
  startScriptedDynamoDb,
} from '@migrator/devkit';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createDynamoDbTarget } from './index.ts';
import type { DynamoDbTargetOptions } from './options.ts';

const ann = { userId: 'ann', date: '2026-01-01' };
const ref = { ...ann, dateKey: dateKey(ann) };
const done: ScriptedAnswer = { body: {} };

const closing: AsyncDisposable[] = [];
beforeEach(() => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'a-key');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'a-secret');
});
afterEach(async () => {
  for (const each of closing.splice(0).toReversed()) await each[Symbol.asyncDispose]();
  vi.unstubAllEnvs();
});

/** A target in front of a DynamoDB that answers these, one after the other, the last one again and again. */
async function open(
  answers: readonly (ScriptedAnswer | (() => ScriptedAnswer))[],
  options: Partial<DynamoDbTargetOptions> = {},
): Promise<{ target: Target; dynamodb: ScriptedDynamoDb }> {
  const dynamodb = await startScriptedDynamoDb((_call, index) => {
    const answer = answers[Math.min(index, answers.length - 1)] ?? done;
    return typeof answer === 'function' ? answer() : answer;
  });
  closing.push(dynamodb);
  const { endpoint } = dynamodb;
  const target = createDynamoDbTarget({ tableName: 'journals', region: 'eu-west-1', endpoint, ...options });
  closing.push({ [Symbol.asyncDispose]: () => target.close() });
  return { target, dynamodb };
}

describe('a lease', () => {
  const expired = new MigrationError('LEASE_EXPIRED', 'too old');
  const expiredLease: Lease = {
    require() {
      throw expired;
    },
  };
  /** Runs out when it is told to. */
  function leaseOfATest(): Lease & { expire(): void } {
    let isExpired = false;
    return {
      require() {
        if (isExpired) throw expired;
      },
      expire() {
        isExpired = true;
      },
    };
  }

  test('that has run out lets nothing be sent', async () => {
    const { target, dynamodb } = await open([done]);
    const writes = [target.putOwned(encodeItem(ann), expiredLease), target.deleteOwned(ref, expiredLease)];
    for (const write of writes) await expect(write).rejects.toBe(expired);
    expect(dynamodb.calls).toHaveLength(0);
  });

  test.each(['putOwned', 'deleteOwned'] as const)(
    'is looked at before each repetition: %s',
    async (method) => {
      const lease = leaseOfATest();
      const { target, dynamodb } = await open([exception('ThrottlingException')], {
        onRetry: ({ attempt }) => attempt === 3 && lease.expire(),
      });
      const write =
        method === 'putOwned' ? target.putOwned(encodeItem(ann), lease) : target.deleteOwned(ref, lease);
      await expect(write).rejects.toBe(expired);
      expect(dynamodb.calls).toHaveLength(3);
    },
  );

  test('is looked at when a connection has been opened for it', async () => {
    const { target, dynamodb } = await open([done]);
    let looks = 0;
    const lease: Lease = {
      require() {
        looks += 1;
        if (looks > 1) throw expired;
      },
    };
    await expect(target.putOwned(encodeItem(ann), lease)).rejects.toBe(expired);
    expect(dynamodb.calls).toHaveLength(0);
    expect(await target.putOwned(encodeItem(ann), heldLease)).toMatchObject({ outcome: 'written' });
  });

  test('is looked at when a request that waited for a connection gets it; others go on', async () => {
    const lease = leaseOfATest();
    // The first answer comes when all others wait.
    const { target, dynamodb } = await open(
      [
        () => {
          lease.expire();
          return done;
        },
        done,
      ],
      { writeConcurrency: 1 },
    );
    const first = target.putOwned(encodeItem(ann), lease);
    const waiting = [target.putOwned(encodeItem(ann), lease), target.deleteOwned(ref, lease)];
    const other = target.putOwned(encodeItem(ann), heldLease);
    const ends = await Promise.allSettled([first, ...waiting, other]);
    expect(ends).toMatchObject([
      { status: 'fulfilled' },
      { status: 'rejected', reason: expired },
      { status: 'rejected', reason: expired },
      { status: 'fulfilled' },
    ]);
    expect(dynamodb.calls).toHaveLength(2);
  });

  test('that runs out after a write leaves its answer as it is', async () => {
    const stored = migratedItem({ ...ann, migratedAt: '2026-07-01T00:00:00.000Z' });
    const lease = leaseOfATest();
    const { target } = await open([
      () => {
        lease.expire();
        return exception('ConditionalCheckFailedException');
      },
      { body: { Item: stored } },
    ]);
    expect(await target.putOwned(encodeItem(ann), lease)).toMatchObject({ outcome: 'refused', stored });
  });
});
