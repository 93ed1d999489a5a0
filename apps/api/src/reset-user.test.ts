import { openServices } from '@migrator/runtime';
import { readConfig } from '@migrator/config';
import type { Target } from '@migrator/core';
import { createMemoryLedger, runInProcess } from '@migrator/engine';
import { expect, test } from 'vitest';

import { openTestEnvironment } from './testing/test-environment.ts';

test('a user who begins again, as not all of his failures are known by name, writes nothing twice', async () => {
  await using environment = await openTestEnvironment({ workers: 0 });
  for (let day = 0; day < 5; day += 1)
    await environment.firestore.doc(`users/ann/trading-journal/${day}`).set({ trades: [] });
  for (const date of ['large-1', 'large-2'])
    await environment.firestore
      .doc(`users/ann/trading-journal/${date}`)
      .set({ trades: ['x'.repeat(450_000)] });
  const services = await openServices(readConfig(environment.env));
  try {
    let writes = 0;
    const target: Target = {
      ...services.target,
      putOwned: (...args) => {
        writes += 1;
        return services.target.putOwned(...args);
      },
      createItems: async (items, ...args) => {
        const result = await services.target.createItems(items, ...args);
        writes += items.length;
        return result;
      },
    };
    const ledger = createMemoryLedger({ maxKeptIssues: 1 });
    const run = (id: string) =>
      runInProcess({ ...services, target, ledger }, id, {
        usersAtOnce: 1,
        signal: new AbortController().signal,
      });
    const request = {
      kind: 'migration',
      dryRun: false,
      verify: false,
      prune: false,
    } as const;
    const opened = await ledger.open(request, { now: new Date(), binding: await services.binding() });
    if (!opened.opened) throw new Error('a ledger of its own is free');
    const { id } = opened.operation;
    const totals = { created: 5, failed: 2 };
    expect(await run(id)).toMatchObject({ totals, coordinatorState: { readFirst: false } });
    expect(writes).toBe(5);
    await ledger.reopen(id, {});
    expect(await run(id)).toMatchObject({ totals });
    expect(writes).toBe(5);
  } finally {
    await services.close();
  }
});
