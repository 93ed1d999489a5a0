// Verifications that find a difference everywhere, one after another: what Redis holds after each. Argument: how many.
import type { Issue } from '@migrator/core';
import { connectRedis, createRedisLedger } from '@migrator/queue';

import { madeUp } from './fake-services.ts';
import { mebibytes } from './open-engine.ts';

const verifications = Number(process.argv[2] ?? 14);
const issuesOfEach = 12_000;
const url = process.env['REDIS_URL'] ?? '';
const redis = connectRedis({ url }, 'ledger', ({ message }) => process.stderr.write(`${message}\n`));
const ledger = createRedisLedger({ redis, prefix: '{issues}' });
const task = 'user:made-up';
/** As large as an issue of ten differences with long texts is. */
const fields = Array.from({ length: 10 }, (_, at) => ({
  at: `data.trades[${at}].note`,
  expected: 'x'.repeat(150),
}));

const redisMiB: number[] = [];
for (let number = 0; number < verifications; number += 1) {
  const request = { kind: 'verification', mode: 'full' } as const;
  const opened = await ledger.open(request, { now: new Date(), binding: madeUp });
  if (!opened.opened) throw new Error('not opened');
  const { id } = opened.operation;
  const started = await ledger.startTask(id, task, { binding: madeUp });
  if (!started.started) throw new Error(started.why);
  const { epoch } = started;
  for (let from = 0; from < issuesOfEach; from += 300) {
    const issues = Array.from({ length: 300 }, (_, index): Issue => {
      const path = `users/made-up/trading-journal/${from + index}`;
      return { task, key: `${from + index}`, code: 'different', detail: { path, fields } };
    });
    await ledger.commit(id, task, { epoch, state: 'running', deltas: { different: 300 }, issues });
  }
  // An end of the task ends its lease, which a close waits for.
  await ledger.commit(id, task, { epoch, state: 'done', deltas: {} });
  await ledger.close(id, { state: 'completed-with-failures', now: new Date() });
  redisMiB.push(mebibytes(Number(/^used_memory:(\d+)/m.exec(await redis.info('memory'))?.[1])));
}
process.stdout.write(`${JSON.stringify({ verifications, issuesOfEach, redisMiB })}\n`);
redis.disconnect();
