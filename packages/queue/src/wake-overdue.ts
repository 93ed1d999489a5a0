import { Job, type Queue } from 'bullmq';

import type { RedisConnection } from './connect-redis.ts';

/** BullMQ's delayed set scores a job with its due time (ms since 1970) times this, plus a counter. */
const scorePerMs = 0x1000;
/** Workers look for due jobs at once; one that is due for so long is seen by none of them. */
const overdueMs = 2_000;
const mostAtOnce = 100;

/**
 * Wakes delayed jobs that no worker would wake in time. A job is delayed by its writer's clock and woken by its reader's;
 * where one of the two is wrong by minutes, it would stand still for minutes. Redis's clock, which all of them share, tells:
 * no job is due later than the longest delay from now, and none stays when it was due a while ago.
 */
export async function wakeOverdue(
  redis: RedisConnection,
  queue: Queue,
  longestDelayMs: number,
): Promise<void> {
  const key = queue.toKey('delayed');
  const [seconds] = await redis.time();
  const now = Number(seconds) * 1_000;
  const overdue = (now - overdueMs) * scorePerMs;
  const implausible = (now + longestDelayMs) * scorePerMs;
  const ids = await Promise.all([
    redis.zrangebyscore(key, '-inf', overdue, 'LIMIT', 0, mostAtOnce),
    redis.zrangebyscore(key, implausible, '+inf', 'LIMIT', 0, mostAtOnce),
  ]);
  for (const id of ids.flat()) {
    const job = await Job.fromId(queue, id);
    // A worker, or another supervisor, may be faster.
    await job?.promote().catch(() => undefined);
  }
}
