import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, onTestFinished, test } from 'vitest';

import { openRun } from './testing/open-run.ts';

test('a user whose job kills its process is tried alone and failed; no other user is, and a retry does the rest', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'poison-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const poisonFile = join(directory, 'poison');
  writeFileSync(poisonFile, '');
  const entriesPerUser = 120;
  const users = ['poison', 'b', 'c', 'd', 'e', 'f'];
  await using run = await openRun({
    users,
    entriesPerUser,
    workers: 2,
    env: {
      NODE_OPTIONS: `--import=${new URL('./testing/poison.ts', import.meta.url).href}`,
      POISON_TEXT: 'journal_poison_',
      POISON_WHILE: poisonFile,
      // Those that are worked on beside it have no page done when it kills them.
      USER_CONCURRENCY: '3',
      MAX_WRITE_UNITS_PER_SECOND: '300',
    },
  });
  const { client, environment } = run;
  await run.start({ verify: false });
  const failed = await run.ended();
  expect(failed).toMatchObject({
    state: 'completed-with-failures',
    stats: {
      totalProcessed: run.entries,
      successCount: run.entries - entriesPerUser,
      failureCount: entriesPerUser,
      skippedCount: 0,
      users: { listed: 6, completed: 5, failed: 1 },
      errors: [{ path: 'users/poison/trading-journal', code: 'POISONED' }],
    },
  });
  // Three times beside others, and once alone. The test's environment starts each again, as a supervisor would.
  const crashes = environment.workers.flatMap((worker) => worker.unexpectedEnds);
  expect(crashes, crashes.join('\n')).toHaveLength(4);
  for (const crash of crashes) expect(crash).toMatch(/^worker \d ended by itself \(SIGKILL\)/);

  rmSync(poisonFile);
  await client.retry(failed.migrationId, { userId: 'poison' });
  const report = await run.ended();
  expect(report).toMatchObject({
    migrationId: failed.migrationId,
    state: 'completed',
    stats: {
      totalProcessed: run.entries,
      successCount: run.entries,
      failureCount: 0,
      skippedCount: 0,
      users: { completed: 6, failed: 0 },
      errors: [],
    },
  });
  await run.requireSameEnds(report);
}, 280_000);
