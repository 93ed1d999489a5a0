import { describe, expect, test } from 'vitest';
import {
  allIssues,
  allTasks,
  close,
  figures,
  finish,
  issue,
  type NewLedger,
  open,
  openRun,
  read,
  start,
  verification,
} from './ledger-harness.ts';

const task = 'user:a|b';

export function commitTaskContract(newLedger: NewLedger): void {
  describe('commit', () => {
    test('moves totals and counters by the same whole numbers', async () => {
      const { ledger, id } = await openRun(newLedger);
      const first = await start(ledger, id, 'user:a');
      const second = await start(ledger, id, 'user:b');
      await ledger.commit(id, 'user:a', {
        ...first,
        state: 'running',
        deltas: { created: 3, writeUnits: 1.6, failed: 0 },
      });
      await ledger.commit(id, 'user:b', { ...second, state: 'running', deltas: { created: 4, failed: 2 } });
      await ledger.commit(id, 'user:b', { ...second, state: 'running', deltas: { failed: -2, repaired: 2 } });
      expect((await read(ledger, id)).totals).toEqual({ created: 7, writeUnits: 2, repaired: 2 });
      expect((await start(ledger, id, 'user:a')).counters).toEqual({ created: 3, writeUnits: 2 });
      expect((await start(ledger, id, 'user:b')).counters).toEqual({ created: 4, repaired: 2 });
    });

    test('rejects unknown counters and invalid numbers before any change', async () => {
      const { ledger, id } = await openRun(newLedger);
      const { epoch } = await start(ledger, id, task);
      const before = await read(ledger, id);
      const refused: Record<string, number>[] = [
        { created: 1, nonsense: 1 },
        { created: 1, bytes: Number.NaN },
      ];
      for (const deltas of refused) {
        await expect(ledger.commit(id, task, { epoch, state: 'done', deltas })).rejects.toThrow(TypeError);
      }
      expect(await read(ledger, id)).toEqual(before);
    });

    test('returns the control, for a part also that of its parent', async () => {
      const ledger = await newLedger();
      const parent = await open(ledger);
      const part = await open(ledger, verification, { parent: parent.id });
      const own = await start(ledger, parent.id, task);
      const parts = await start(ledger, part.id, task);
      for (const control of ['pause', 'run', 'cancel'] as const) {
        await ledger.control(parent.id, control);
        expect(await ledger.commit(parent.id, task, { ...own, state: 'running', deltas: {} })).toBe(control);
        expect(await ledger.commit(part.id, task, { ...parts, state: 'running', deltas: {} })).toBe(control);
        expect(await ledger.resetTask(part.id, task, parts.epoch)).toBe(control);
      }
    });

    test('counts ended tasks, and requeues', async () => {
      const { ledger, id } = await openRun(newLedger);
      await ledger.addTasks(id, ['user:a', 'user:b', 'user:c', 'user:d'], { done: true });
      await finish(ledger, id, 'user:a', { state: 'done' });
      await finish(ledger, id, 'user:b', { state: 'failed' });
      await finish(ledger, id, 'user:c', { state: 'queued' });
      await start(ledger, id, 'user:d');
      expect((await read(ledger, id)).tasks).toEqual({ listed: 4, completed: 1, failed: 1 });
      expect(await allTasks(ledger, id, 'done')).toEqual(['user:a']);
      expect(await allTasks(ledger, id, 'failed')).toEqual(['user:b']);
      expect(await allTasks(ledger, id, 'queued')).toEqual(['user:c']);
      expect(await allTasks(ledger, id, 'running', 'queued')).toEqual(['user:c', 'user:d']);
    });

    test('of an attempt that has ended records nothing', async () => {
      const { ledger, id } = await openRun(newLedger);
      const late = {
        state: 'done',
        cursor: 'late',
        deltas: { created: 9 },
        issues: [issue(task, 'k')],
      } as const;
      const nothingMoves = async (epoch: number, answer: 'stale' | 'missing' = 'stale'): Promise<void> => {
        const before = await read(ledger, id);
        expect(await ledger.commit(id, task, { ...late, epoch })).toBe(answer);
        expect(await ledger.resetTask(id, task, epoch)).toBe(answer);
        expect(await read(ledger, id)).toEqual(before);
        expect(await allIssues(ledger, id, 10)).toEqual([]);
      };
      await nothingMoves(1, 'missing');
      await start(ledger, id, task);
      await start(ledger, id, task);
      await nothingMoves(1);
      await nothingMoves(3, 'missing');
      await ledger.commit(id, task, { epoch: 2, state: 'queued', deltas: { created: 1 } });
      await nothingMoves(2);
      await finish(ledger, id, task, { state: 'failed' });
      await nothingMoves(3);
      expect(await ledger.requeueFailed(id, [task])).toEqual([task]);
      await nothingMoves(3);
      expect(await start(ledger, id, task)).toMatchObject({ epoch: 4, counters: { created: 1 } });
      await close(ledger, id);
      await nothingMoves(4);
      await ledger.reopen(id, {});
      expect(await ledger.commit(id, task, { epoch: 4, state: 'done', deltas: {} })).toBe('run');
      await nothingMoves(4);
      for (const unknown of ['nonsense', 'migration-20200101T000000000Z']) {
        expect(await ledger.commit(unknown, task, { ...late, epoch: 1 })).toBe('missing');
        expect(await ledger.resetTask(unknown, task, 1)).toBe('missing');
      }
    });
  });

  describe('resetTask', () => {
    test('subtracts the task from the totals and restarts it', async () => {
      const { ledger, id } = await openRun(newLedger);
      await finish(ledger, id, 'user:a', {
        state: 'done',
        deltas: { created: 5 },
        issues: [issue('user:a', 'x')],
      });
      const { epoch } = await start(ledger, id, task);
      const issues = [issue(task, 'x'), issue(task, 'y', 'KEY_TOO_LONG')];
      await ledger.commit(id, task, {
        epoch,
        state: 'running',
        cursor: 'c',
        deltas: { created: 3, failed: 2 },
        issues,
      });
      expect(await ledger.resetTask(id, task, epoch)).toBe('run');
      expect(figures(await read(ledger, id))).toEqual({
        tasks: { listed: 2, completed: 1, failed: 0 },
        totals: { created: 5 },
        codes: { ITEM_TOO_LARGE: 1 },
      });
      expect(await ledger.taskIssues(id, task)).toEqual([]);
      expect(await allIssues(ledger, id, 10)).toEqual([issue('user:a', 'x')]);
      expect(await ledger.commit(id, task, { epoch, state: 'queued', deltas: { unchanged: 1 } })).toBe('run');
      const next = await start(ledger, id, task);
      expect(next).toEqual({
        started: true,
        epoch: 2,
        counters: { unchanged: 1 },
        startsWithoutProgress: 1,
      });
    });
  });
}
