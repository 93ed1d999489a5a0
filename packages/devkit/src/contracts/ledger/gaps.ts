import { describe, expect, test } from 'vitest';
import { issue, type NewLedger, openRun, read, start, trickyTasks } from './ledger-harness.ts';

const task = 'user:a|b';

/** A ledger that has lost its newest changes records nothing after the gap. */
export function gapsContract(newLedger: NewLedger): void {
  describe('records that have lost something', () => {
    test('continue a listing only from its recorded position', async () => {
      const { ledger, id } = await openRun(newLedger);
      const [first, second, third] = trickyTasks;
      const page = { done: false, coordinatorState: { missingUsers: 1 } };
      expect(await ledger.addTasks(id, [first], { ...page, cursor: '1', expected: {} })).toBe('added');
      expect(await ledger.addTasks(id, [second], { ...page, cursor: '', expected: { cursor: '1' } })).toBe(
        'added',
      );
      const before = await read(ledger, id);
      for (const expected of [{}, { cursor: '1' }, { cursor: 'never seen' }]) {
        expect(await ledger.addTasks(id, [second], { cursor: '3', done: true, expected })).toBe('missing');
      }
      expect(await read(ledger, id)).toEqual(before);
      expect(await ledger.addTasks(id, [third], { done: true, expected: { cursor: '' } })).toBe('added');
      expect(await read(ledger, id)).toMatchObject({ tasks: { listed: 3 }, listing: { done: true } });
    });

    test('accept a commit only if it expects the recorded progress', async () => {
      const { ledger, id } = await openRun(newLedger);
      const { epoch } = await start(ledger, id, task);
      const page = { epoch, state: 'running', issues: [issue(task, 'k')] } as const;
      const commitPage = (
        expected: { cursor?: string; counters: Record<string, number> },
        cursor: string,
        deltas: Record<string, number>,
      ): Promise<string> => ledger.commit(id, task, { ...page, expected, cursor, deltas });
      expect(await commitPage({ counters: {} }, '', { created: 2, failed: 1, writeUnits: 1.6 })).toBe('run');
      const counters = { failed: 1, writeUnits: 2, created: 2 };
      expect(await commitPage({ cursor: '', counters }, 'b|c\nü', { failed: -1 })).toBe('run');
      const before = await read(ledger, id);
      const otherStates: { cursor?: string; counters: Record<string, number> }[] = [
        { counters: {} },
        { cursor: '', counters },
        { cursor: 'b|c\nü', counters },
        { cursor: 'b|c', counters: { created: 2, writeUnits: 2 } },
        { counters: { created: 2, writeUnits: 2 } },
      ];
      for (const expected of otherStates) {
        expect(await commitPage(expected, 'd', { created: 1 })).toBe('missing');
      }
      expect(await read(ledger, id)).toEqual(before);
      const now = { cursor: 'b|c\nü', counters: { created: 2, writeUnits: 2, failed: 0 } };
      expect(await commitPage(now, 'd', { created: 1 })).toBe('run');
      expect(await ledger.resetTask(id, task, epoch)).toBe('run');
      expect(await commitPage({ counters: {} }, 'd', { bytes: 12_345_678_901 })).toBe('run');
      expect(await commitPage({ cursor: 'd', counters: { bytes: 12_345_678_901 } }, 'e', {})).toBe('run');
    });
  });
}
