import { operationNotFound, type TaskPage, type TaskState } from '@migrator/core';

import type { RedisConnection } from '../primary-redis.ts';
import { bucketsOf, type LedgerKeys, taskOfField } from './ledger-keys.ts';

/** About how many records are read for a page of tasks. */
const tasksPerPage = 10_000;

/** A page of an operation's tasks that are in one of the states. */
export async function listTasks(
  redis: RedisConnection,
  keys: LedgerKeys,
  id: string,
  options: { states: readonly TaskState[]; cursor?: string },
): Promise<TaskPage> {
  const listed = await redis.hget(keys.operation(id), 'listed');
  if (listed === null) throw operationNotFound(id);
  const buckets = await usedBuckets(redis, keys, id);
  // With few tasks a bucket holds few records, so a page reads more buckets.
  const size = Math.ceil((tasksPerPage * buckets.length) / Math.max(1, Number(listed)));
  const from = options.cursor === undefined ? 0 : Number(options.cursor);
  const ahead = buckets.filter((bucket) => bucket >= from);

  const pipeline = redis.pipeline();
  for (const bucket of ahead.slice(0, size)) pipeline.hgetall(keys.bucket(id, bucket));
  const answers = (await pipeline.exec()) ?? [];
  const tasks: string[] = [];
  for (const [error, records] of answers) {
    if (error !== null) throw error;
    for (const [field, record] of Object.entries(Object(records))) {
      if (options.states.some((state) => String(record).startsWith(state[0]!)))
        tasks.push(taskOfField(field));
    }
  }
  const next = ahead[size];
  return { tasks, cursor: next === undefined ? undefined : String(next) };
}

/** The buckets that hold records of the operation's tasks. */
export async function usedBuckets(redis: RedisConnection, keys: LedgerKeys, id: string): Promise<number[]> {
  return bucketsOf((await redis.getBuffer(keys.usedBuckets(id))) ?? new Uint8Array());
}
