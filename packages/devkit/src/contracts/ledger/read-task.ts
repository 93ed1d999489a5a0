import { describe, expect, test } from 'vitest';

import { type NewLedger, open, start, trickyTasks } from './ledger-harness.ts';

export function readTaskContract(newLedger: NewLedger): void {
  describe('readTask', () => {
    test('tells where each task is, and what it has counted', async () => {
      const ledger = await newLedger();
      const { id } = await open(ledger);
      await ledger.addTasks(id, trickyTasks, { done: true });
      for (const name of trickyTasks) {
        expect(await ledger.readTask(id, name)).toEqual({ state: 'queued', counters: {} });
        await start(ledger, id, name);
        expect(await ledger.readTask(id, name)).toEqual({ state: 'running', counters: {} });
        const deltas = { created: 2, bytes: 12_345_678_901, compressed: 1 };
        await ledger.commit(id, name, { epoch: 1, state: 'failed', cursor: `${name}|1`, deltas });
        expect(await ledger.readTask(id, name)).toEqual({ state: 'failed', counters: deltas });
      }
      expect(await ledger.readTask(id, 'user:stranger')).toBeUndefined();
      await expect(ledger.readTask('migration-20200101T000000000Z', 'user:a')).rejects.toMatchObject({
        code: 'NOT_FOUND',
      });
    });
  });
}
