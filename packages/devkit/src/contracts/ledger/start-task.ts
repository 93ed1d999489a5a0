import { quarantineAfterStarts } from '@migrator/core';
import { describe, expect, test } from 'vitest';
import {
  at,
  binding,
  close,
  figures,
  finish,
  issue,
  type NewLedger,
  open,
  openRun,
  read,
  start,
  startTask,
  trickyTasks,
  verification,
} from './ledger-harness.ts';

const task = 'user:a|b';

export function startTaskContract(newLedger: NewLedger): void {
  describe('startTask', () => {
    test('continues after the last commit, with a new epoch', async () => {
      const { ledger, id } = await openRun(newLedger);
      for (const [index, name] of trickyTasks.entries()) {
        const first = await start(ledger, id, name);
        expect(first).toEqual({ started: true, epoch: 1, counters: {}, startsWithoutProgress: 1 });
        const cursor = `${name}|${index}`;
        const deltas = { created: index + 1, bytes: 12_345_678_901, compressed: 1 };
        await ledger.commit(id, name, { epoch: 1, state: 'running', cursor, deltas });
        await ledger.commit(id, name, { epoch: 1, state: 'running', deltas: { created: 1 } });
        const counters = { ...deltas, created: index + 2 };
        expect(await start(ledger, id, name)).toEqual({
          started: true,
          epoch: 2,
          cursor,
          counters,
          startsWithoutProgress: 1,
        });
      }
      expect((await read(ledger, id)).tasks.listed).toBe(trickyTasks.length);
    });

    test('distinguishes an empty cursor from none', async () => {
      const { ledger, id } = await openRun(newLedger);
      await finish(ledger, id, task, { state: 'queued', cursor: '' });
      expect((await start(ledger, id, task)).cursor).toBe('');
    });

    test('counts starts until one makes progress', async () => {
      const { ledger, id } = await openRun(newLedger);
      for (const expected of [1, 2, 3]) {
        expect((await start(ledger, id, task)).startsWithoutProgress).toBe(expected);
      }
      await ledger.commit(id, task, { epoch: 3, state: 'queued', deltas: {} });
      expect(await start(ledger, id, task)).toMatchObject({ epoch: 4, startsWithoutProgress: 1 });
    });

    test('after too many starts without progress a task starts isolated only, until it makes progress', async () => {
      const { ledger, id } = await openRun(newLedger);
      for (let times = 0; times < quarantineAfterStarts; times += 1) await start(ledger, id, task);
      const quarantined = { started: false, why: 'quarantined' };
      expect(await ledger.startTask(id, task, { binding })).toEqual(quarantined);
      expect(await ledger.startTask(id, task, { binding })).toEqual(quarantined);
      const alone = await ledger.startTask(id, task, { binding, isolated: true });
      expect(alone).toMatchObject({ started: true, epoch: 4, startsWithoutProgress: 4 });
      // Its process has ended: the next attempt has to know.
      expect(await ledger.startTask(id, task, { binding })).toMatchObject({
        epoch: 5,
        startsWithoutProgress: 5,
      });
      await ledger.commit(id, task, { epoch: 5, state: 'running', deltas: { created: 1 } });
      expect(await start(ledger, id, task)).toMatchObject({ epoch: 6, startsWithoutProgress: 1 });
    });

    test('returns why not: unknown, closed, done', async () => {
      const ledger = await newLedger();
      const unknown = { started: false, why: 'unknown-operation' };
      expect(
        await ledger.startTask('migration-20200101T000000000Z', task, { binding, reopen: true }),
      ).toEqual(unknown);
      expect(await ledger.startTask('nonsense', task, { binding })).toEqual(unknown);
      const { id } = await open(ledger);
      await finish(ledger, id, task, { state: 'done' });
      expect(await ledger.startTask(id, task, { binding })).toEqual({ started: false, why: 'done' });
      await close(ledger, id);
      expect(await ledger.startTask(id, task, { binding })).toEqual({ started: false, why: 'closed' });
      const check = await open(ledger, verification);
      await close(ledger, check.id);
      expect(await ledger.startTask(check.id, task, { binding, reopen: true })).toEqual({
        started: false,
        why: 'closed',
      });
    });

    test('returns why not: paused, cancelled, of a part also when its parent is', async () => {
      const ledger = await newLedger();
      const parent = await open(ledger);
      const part = await open(ledger, verification, { parent: parent.id });
      const paused = { started: false, why: 'paused' };
      await ledger.control(parent.id, 'pause');
      expect(await ledger.startTask(parent.id, task, { binding })).toEqual(paused);
      expect(await ledger.startTask(part.id, task, { binding })).toEqual(paused);
      await ledger.control(parent.id, 'run');
      await ledger.control(part.id, 'pause');
      expect(await ledger.startTask(part.id, task, { binding })).toEqual(paused);
      await ledger.control(part.id, 'run');
      expect((await read(ledger, part.id)).tasks.listed).toBe(0);
      expect((await start(ledger, part.id, task)).epoch).toBe(1);

      const cancelled = { started: false, why: 'cancelled' };
      await ledger.control(part.id, 'cancel');
      expect(await ledger.startTask(part.id, 'user:b', { binding })).toEqual(cancelled);
      expect((await start(ledger, parent.id, task)).epoch).toBe(1);
      await ledger.control(parent.id, 'cancel');
      expect(await ledger.startTask(parent.id, 'user:b', { binding })).toEqual(cancelled);
    });

    test('returns why not: rolled back by, and not current', async () => {
      const ledger = await newLedger();
      const old = await open(ledger);
      await close(ledger, old.id);
      const running = await open(ledger);
      const held = { started: false, why: 'not-current', by: running.id };
      expect(await ledger.startTask(old.id, task, { binding, reopen: true })).toEqual(held);
      await ledger.markRolledBack('rollback-1', old.id);
      const rolledBack = { started: false, why: 'rolled-back', by: 'rollback-1' };
      expect(await ledger.startTask(old.id, task, { binding, reopen: true })).toEqual(rolledBack);
      expect(await ledger.startTask(old.id, task, { binding })).toEqual(rolledBack);
    });

    test('rejects tasks of a part whose parent has ended', async () => {
      const ledger = await newLedger();
      const parent = await open(ledger);
      const part = await open(ledger, verification, { parent: parent.id });
      const { epoch } = await start(ledger, part.id, task);
      await close(ledger, parent.id);
      expect(await ledger.startTask(part.id, task, { binding })).toEqual({
        started: false,
        why: 'not-current',
      });
      expect(await ledger.commit(part.id, task, { epoch, state: 'done', deltas: { matched: 1 } })).toBe(
        'stale',
      );
      const next = await open(ledger);
      const held = { started: false, why: 'not-current', by: next.id };
      expect(await ledger.startTask(part.id, task, { binding })).toEqual(held);
    });

    test('reopens a closed migration for a job that an operator retried', async () => {
      const { ledger, id } = await openRun(newLedger);
      await finish(ledger, id, 'user:done', { state: 'done' });
      await finish(ledger, id, task, {
        state: 'failed',
        deltas: { failed: 2 },
        cursor: '$',
        issues: [issue(task, '')],
      });
      await ledger.control(id, 'pause', 'because');
      await ledger.close(id, { state: 'completed-with-failures', now: at(7) });
      const before = await read(ledger, id);

      expect(await ledger.startTask(id, 'user:done', { binding, reopen: true })).toEqual({
        started: false,
        why: 'done',
      });
      expect(await read(ledger, id)).toEqual(before);

      expect(await startTask(ledger, id, task, { reopen: true })).toEqual({
        started: true,
        epoch: 2,
        cursor: '$',
        counters: { failed: 2 },
        startsWithoutProgress: 1,
      });
      const operation = await read(ledger, id);
      expect(operation).toMatchObject({ state: 'running', phase: 'migrating', control: 'run' });
      expect(operation.finishedAt).toBe(at(7).toISOString());
      expect(operation.reason).toBeUndefined();
      expect(figures(operation)).toEqual({
        tasks: { listed: 2, completed: 1, failed: 0 },
        totals: { failed: 2 },
        codes: {},
      });
      expect((await ledger.current())?.id).toBe(id);
      expect(
        await ledger.commit(id, task, { epoch: 2, state: 'done', deltas: { failed: -2, created: 2 } }),
      ).toBe('run');
      expect((await read(ledger, id)).totals).toEqual({ created: 2 });
    });
  });
}
