import { openQueueContext } from '@migrator/runtime';
import { readConfig } from '@migrator/config';
import type { Target } from '@migrator/core';
import { startOperation } from '@migrator/engine';
import { journals } from '@migrator/devkit';
import { openTestProject } from '@migrator/devkit/test-project';
import { expect, test } from 'vitest';

import { startProgram } from './testing/programs.ts';

const items = 900;

test('SIGKILL twice in the middle of a rollback: what the next worker ends with is the number of items that are gone', async () => {
  await using project = await openTestProject();
  const { env } = project;
  const worker = (more: Record<string, string> = {}) => startProgram('worker', { ...env, ...more });
  await project.addJournals(journals({ users: 3, entriesPerUser: items / 3 }));
  const context = await openQueueContext(readConfig(env), 'api', () => undefined);
  const { ledger, target } = context;
  try {
    await target.preflight();
    const stateOf = async (id: string): Promise<unknown> => (await ledger.get(id))?.state;
    const run = await startOperation(context, {
      kind: 'migration',
      dryRun: false,
      verify: false,
      prune: false,
    });
    const first = worker({ MAX_WRITE_UNITS_PER_SECOND: '100000' });
    await expect.poll(() => stateOf(run.id), { timeout: 60_000 }).toBe('completed');
    await first.kill();
    expect(await countItems(target)).toBe(items);

    const rollback = await startOperation(context, { kind: 'rollback', dryRun: false });
    for (const left of [800, 600]) {
      const dying = worker({ MAX_WRITE_UNITS_PER_SECOND: '100' });
      await expect.poll(() => countItems(target), { timeout: 60_000 }).toBeLessThan(left);
      await dying.kill();
      expect(await countItems(target)).toBeGreaterThan(0);
    }
    worker();
    await expect.poll(() => stateOf(rollback.id), { timeout: 100_000 }).toBe('completed');
    expect(await ledger.get(rollback.id)).toMatchObject({ totals: { deleted: items, scanned: items } });
    expect(await countItems(target)).toBe(0);
  } finally {
    await context.close();
  }
}, 240_000);

async function countItems(target: Target): Promise<number> {
  let count = 0;
  let cursor: string | undefined;
  do {
    const page = await target.scan({ segment: 0, totalSegments: 1, keysOnly: true, cursor });
    count += page.items.length;
    cursor = page.cursor;
  } while (cursor !== undefined);
  return count;
}
