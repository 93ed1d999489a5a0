import type { ApiError } from '@migrator/runtime';
import { expect, test, vi } from 'vitest';

import { openRun } from './testing/open-run.ts';

/** Longer than a job's lock holds and than the ledger wait for an answer; with TEST_LONG=1 the whole minute. */
const cutMs = process.env['TEST_LONG'] === '1' ? 60_000 : 18_000;

test.each([
  ['refuses', 'cut'],
  ['gives no answer, as over a cable that was pulled', 'silence'],
] as const)(
  'Redis %s: the status is 503 meanwhile, and the run goes on and ends right',
  async (_name, how) => {
    await using run = await openRun({
      users: ['a', 'b', 'c', 'd', 'e', 'f'],
      entriesPerUser: 350,
      workers: 2,
      env: { USER_CONCURRENCY: '2', MAX_WRITE_UNITS_PER_SECOND: '600' },
    });
    const { client, environment } = run;
    await run.start();
    const before = await run.processedBeyond(300);
    expect(before).toBeLessThan(run.entries);

    environment.redisProxy[how]();
    const until = performance.now() + cutMs;
    const answers = new Set<string>();
    await vi.waitFor(
      async () => {
        const answer = await client.status().then(
          () => '200',
          (error: ApiError) => `${error.status} ${error.problem?.code}`,
        );
        answers.add(answer);
        expect(performance.now()).toBeGreaterThan(until);
      },
      { timeout: cutMs + 20_000, interval: 500 },
    );
    expect([...answers]).toEqual(['503 REDIS_UNAVAILABLE']);
    environment.redisProxy.restore();
    await vi.waitFor(() => client.status(), { timeout: 30_000 });

    const report = await run.ended();
    expect(report).toMatchObject({
      state: 'completed',
      stats: {
        totalProcessed: run.entries,
        successCount: run.entries,
        failureCount: 0,
        users: { listed: 6, completed: 6, failed: 0 },
        errors: [],
      },
      verification: { isValid: true },
    });
    await run.requireSameEnds(report);
    for (const { unexpectedEnds } of [environment.api, ...environment.workers])
      expect(unexpectedEnds).toEqual([]);
  },
  260_000,
);
