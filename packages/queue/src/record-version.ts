import { MigrationError } from '@migrator/core';

import type { RedisConnection } from './primary-redis.ts';
import { toRedisError } from './redis-errors.ts';
import { LedgerKeys } from './redis-ledger/ledger-keys.ts';
import { loadScript, runScript } from './run-script.ts';

/** The version of all records under the prefix. Increase it with each incompatible change of their format. */
const recordVersion = '2';

const checkScript = loadScript('check-record-version');

/** Rejects unless the records under the prefix have this program's version. The first program writes the version. */
export async function requireRecordVersion(redis: RedisConnection, prefix: string): Promise<void> {
  const [recorded] = await runScript(
    redis,
    checkScript,
    [new LedgerKeys(prefix).version],
    [recordVersion],
  ).catch((error: unknown) => {
    throw toRedisError(error, redis) ?? error;
  });
  if (recorded === recordVersion) return;
  throw new MigrationError(
    'REDIS_RECORD_VERSION',
    `Redis holds records of version ${recorded} under QUEUE_PREFIX ${prefix}, and this program writes version ` +
      `${recordVersion}: finish with the release that wrote them, or choose another QUEUE_PREFIX`,
  );
}
