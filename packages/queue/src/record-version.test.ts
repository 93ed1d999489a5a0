import { randomUUID } from 'node:crypto';

import { expect, inject, onTestFinished, test } from 'vitest';

import { connectRedis } from './connect-redis.ts';
import { requireRecordVersion } from './record-version.ts';
import { closeRedis, requireFitRedis } from './redis-connection.ts';

function opened() {
  const redis = connectRedis({ url: inject('services').REDIS_URL }, 'api', () => undefined);
  const prefix = `{version-test-${randomUUID()}}`;
  onTestFinished(async () => {
    await redis.unlink(`${prefix}:ledger:version`, `${prefix}:write-check`);
    await closeRedis(redis);
  });
  return { redis, prefix, key: `${prefix}:ledger:version` };
}

test('the first program writes the version of its records, and the next ones agree', async () => {
  const { redis, prefix, key } = opened();
  await requireRecordVersion(redis, prefix);
  const written = await redis.get(key);
  expect(written).toMatch(/^\d+$/);
  await requireRecordVersion(redis, prefix);
  await requireFitRedis(redis, prefix);
  expect(await redis.get(key)).toBe(written);
  expect(await redis.ttl(key)).toBe(-1);
});

test.each(['0', '999', ''])(
  'records of another version (%j) are refused and stay as they are',
  async (other) => {
    const { redis, prefix, key } = opened();
    await redis.set(key, other);
    for (const check of [requireRecordVersion, requireFitRedis]) {
      await expect(check(redis, prefix)).rejects.toMatchObject({
        code: 'REDIS_RECORD_VERSION',
        message: expect.stringMatching(
          new RegExp(
            `records of version ${other} under QUEUE_PREFIX ${prefix}, .* version \\d+: .*another QUEUE_PREFIX$`,
          ),
        ),
      });
    }
    expect(await redis.get(key)).toBe(other);
  },
);
