import { expect, test } from 'vitest';

import { openRun } from './testing/open-run.ts';

test('a worker that wakes when another has taken its users over spoils nothing and counts nothing twice', async () => {
  await using run = await openRun({
    users: ['a', 'b'],
    entriesPerUser: 900,
    workers: 2,
    env: { USER_CONCURRENCY: '2', MAX_WRITE_UNITS_PER_SECOND: '600' },
  });
  const { environment } = run;
  const [first, second] = environment.workers;
  // The first begins both users.
  second?.freeze();
  await run.start();
  await run.processedBeyond(0);
  first?.freeze();
  // No worker works now, so what is added from here on is the other's.
  const before = await run.processedBeyond(0);
  second?.wake();
  const after = await run.processedBeyond(before);
  first?.wake();
  expect(after).toBeLessThan(run.entries);

  const report = await run.ended();
  expect(report).toMatchObject({
    state: 'completed',
    stats: {
      totalProcessed: run.entries,
      successCount: run.entries,
      failureCount: 0,
      users: { completed: 2, failed: 0 },
    },
    verification: { isValid: true },
  });
  await run.requireSameEnds(report);
  for (const { unexpectedEnds } of environment.workers) expect(unexpectedEnds).toEqual([]);
}, 280_000);
