import { describe, expect, test } from 'vitest';
import {
  at,
  binding,
  close,
  finish,
  migration,
  type NewLedger,
  open,
  openRun,
  read,
  start,
  verification,
} from './ledger-harness.ts';

export function changeOperationContract(newLedger: NewLedger): void {
  describe('update', () => {
    test('merges state key by key, and deletes keys that are null', async () => {
      const { ledger, id } = await openRun(newLedger);
      await ledger.update(id, {
        coordinatorState: { prepared: true, totalEntries: 7, retry: { code: 'THROTTLED' } },
      });
      await ledger.update(id, {
        phase: 'verifying',
        coordinatorState: { totalEntries: 8, prepared: undefined, retry: null },
      });
      expect(await read(ledger, id)).toMatchObject({ phase: 'verifying' });
      expect((await read(ledger, id)).coordinatorState).toEqual({ prepared: true, totalEntries: 8 });
    });

    test('keeps the newest that was seen, in any order of reports', async () => {
      const { ledger, id } = await openRun(newLedger);
      const seen = ['2026-06-02', '2026-06-09', '2026-06-01', '2026-06-05'];
      await Promise.all(
        seen.map((newestSeen) => ledger.update(id, { coordinatorState: { newestSeen, missingUsers: 1 } })),
      );
      expect((await read(ledger, id)).coordinatorState).toEqual({
        newestSeen: '2026-06-09',
        missingUsers: 1,
      });
    });

    test('keeps the state of an operation that has ended', async () => {
      const { ledger, id } = await openRun(newLedger);
      await close(ledger, id);
      await ledger.update(id, { coordinatorState: { rate: { perSecond: 1, at: 2, processed: 3 } } });
      expect((await read(ledger, id)).coordinatorState).toEqual({
        rate: { perSecond: 1, at: 2, processed: 3 },
      });
    });
  });

  describe('reopen', () => {
    test('reopens a closed migration', async () => {
      const { ledger, id } = await openRun(newLedger);
      await ledger.addTasks(id, ['user:a'], {
        cursor: 'c',
        done: true,
        coordinatorState: { missingUsers: 1 },
      });
      await finish(ledger, id, 'user:a', { state: 'failed', deltas: { failed: 1 } });
      await ledger.control(id, 'pause', 'because');
      await ledger.close(id, { state: 'completed-with-failures', now: at(5) });
      const reopened = await ledger.reopen(id, { userId: 'a' });
      expect(reopened).toEqual({ opened: true, operation: await read(ledger, id) });
      const operation = await read(ledger, id);
      expect(operation).toMatchObject({ state: 'running', phase: 'migrating', control: 'run' });
      expect(operation).toMatchObject({ finishedAt: at(5).toISOString(), totals: { failed: 1 } });
      expect(operation.listing).toEqual({ done: false });
      expect(operation.coordinatorState).toEqual({ missingUsers: 1, retry: { userId: 'a' } });
      expect(operation.reason).toBeUndefined();
      expect((await ledger.current())?.id).toBe(id);
      await close(ledger, id, at(9));
      expect(await read(ledger, id)).toMatchObject({ state: 'completed', finishedAt: at(9).toISOString() });
      await ledger.reopen(id, {});
      expect((await read(ledger, id)).coordinatorState.retry).toEqual({});
    });

    test('rejects while an operation runs, also the same one', async () => {
      const ledger = await newLedger();
      const old = await open(ledger);
      expect(await ledger.reopen(old.id, {})).toMatchObject({ opened: false, current: { id: old.id } });
      await close(ledger, old.id);
      const running = await open(ledger, verification);
      expect(await ledger.reopen(old.id, {})).toMatchObject({ opened: false, current: { id: running.id } });
      expect(await read(ledger, old.id)).toMatchObject({ state: 'completed' });
    });

    test('rejects a run that was cut short: a new run does the rest', async () => {
      const ledger = await newLedger();
      for (const state of ['cancelled', 'failed'] as const) {
        const { id } = await open(ledger);
        await start(ledger, id, 'user:a');
        await ledger.close(id, { state, now: at(5) });
        await expect(ledger.reopen(id, {})).rejects.toMatchObject({ code: 'NOT_RETRYABLE' });
        expect(await ledger.startTask(id, 'user:a', { binding, reopen: true })).toEqual({
          started: false,
          why: 'closed',
        });
      }
      expect(await ledger.current()).toBeUndefined();
    });

    test('deletes the state of the earlier end', async () => {
      const { ledger, id } = await openRun(newLedger);
      await ledger.update(id, {
        coordinatorState: { verificationId: 'verification-1', pruneId: 'prune-1', totalEntries: 3 },
      });
      await close(ledger, id);
      await ledger.reopen(id, {});
      expect((await read(ledger, id)).coordinatorState).toEqual({ totalEntries: 3, retry: {} });
      await close(ledger, id);
      await ledger.startTask(id, 'user:a', { binding, reopen: true });
      expect((await read(ledger, id)).coordinatorState).toEqual({ totalEntries: 3 });
    });

    test('rejects a run that was rolled back, and other kinds', async () => {
      const { ledger, id } = await openRun(newLedger);
      await close(ledger, id);
      await ledger.markRolledBack('rollback-1', id);
      await expect(ledger.reopen(id, {})).rejects.toMatchObject({ code: 'ROLLED_BACK' });
      const other = await open(ledger, verification);
      await close(ledger, other.id);
      await expect(ledger.reopen(other.id, {})).rejects.toMatchObject({ code: 'NOT_FOUND' });
      await expect(ledger.reopen('migration-1', {})).rejects.toMatchObject({ code: 'NOT_FOUND' });
      expect(await ledger.current()).toBeUndefined();
    });
  });

  describe('markRolledBack', () => {
    test('marks one migration, or all that there are', async () => {
      const ledger = await newLedger();
      const ids: string[] = [];
      for (const request of [migration, migration, verification]) {
        const { id } = await open(ledger, request);
        await close(ledger, id);
        ids.push(id);
      }
      const marks = async (): Promise<unknown[]> =>
        Promise.all(ids.map(async (id) => (await read(ledger, id)).coordinatorState.rolledBackBy));
      await ledger.markRolledBack('rollback-1', ids[1] ?? '');
      expect(await marks()).toEqual([undefined, 'rollback-1', undefined]);
      await ledger.markRolledBack('rollback-2', binding);
      expect(await marks()).toEqual(['rollback-2', 'rollback-2', undefined]);
      const later = await open(ledger);
      expect(later.coordinatorState).toEqual({});
      expect((await start(ledger, later.id, 'user:a')).epoch).toBe(1);
    });

    test('ignores a run that the ledger does not know', async () => {
      const ledger = await newLedger();
      await ledger.markRolledBack('rollback-1', 'migration-20200101T000000000Z');
      expect(await ledger.get('migration-20200101T000000000Z')).toBeUndefined();
    });
  });
}
