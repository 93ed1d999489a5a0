import { quarantineAfterStarts } from '@migrator/core';
import { describe, expect, test } from 'vitest';
import {
  allIssues,
  allTasks,
  at,
  binding,
  figures,
  close,
  finish,
  issue,
  type NewLedger,
  open,
  read,
  start,
  startTask,
  trickyTasks,
  verification,
} from './ledger-harness.ts';

const task = 'user:a|b';

export function tasksContract(newLedger: NewLedger): void {
  describe('addTasks', () => {
    test('counts each task once and remembers where the listing is', async () => {
      const ledger = await newLedger();
      const { id } = await open(ledger);
      await ledger.addTasks(id, trickyTasks, {
        cursor: 'page 2|ü',
        done: false,
        coordinatorState: { missingUsers: 2 },
      });
      await ledger.addTasks(id, [...trickyTasks, 'user:new', 'user:new'], { cursor: 'page 3', done: false });
      const operation = await read(ledger, id);
      expect(operation.tasks).toEqual({ listed: trickyTasks.length + 1, completed: 0, failed: 0 });
      expect(operation.listing).toEqual({ cursor: 'page 3', done: false });
      expect(operation.coordinatorState).toEqual({ missingUsers: 2 });
      expect(await allTasks(ledger, id, 'queued')).toEqual([...trickyTasks, 'user:new'].toSorted());
      await ledger.addTasks(id, [], { done: true, coordinatorState: { missingUsers: null } });
      expect(await read(ledger, id)).toMatchObject({ listing: { done: true }, coordinatorState: {} });
      expect((await read(ledger, id)).listing.cursor).toBeUndefined();
    });

    test('takes thousands at once', async () => {
      const ledger = await newLedger();
      const { id } = await open(ledger);
      const tasks = Array.from({ length: 2_500 }, (_, index) => `user:${index}`);
      await ledger.addTasks(id, tasks, { cursor: '1', done: true });
      expect(await read(ledger, id)).toMatchObject({
        tasks: { listed: 2_500 },
        listing: { cursor: '1', done: true },
      });
      expect(await allTasks(ledger, id, 'queued')).toEqual(tasks.toSorted());
      expect(await allTasks(ledger, id, 'running', 'done', 'failed')).toEqual([]);
    });

    test('leaves a task alone that began before it was recorded', async () => {
      const ledger = await newLedger();
      const { id } = await open(ledger);
      await finish(ledger, id, task, { state: 'done' });
      expect((await read(ledger, id)).tasks).toEqual({ listed: 1, completed: 1, failed: 0 });
      await ledger.addTasks(id, [task], { done: true });
      expect((await read(ledger, id)).tasks).toEqual({ listed: 1, completed: 1, failed: 0 });
    });

    test('comes too late when the operation is over', async () => {
      const ledger = await newLedger();
      const { id } = await open(ledger);
      await close(ledger, id);
      const before = await read(ledger, id);
      await ledger.addTasks(id, [task], { cursor: 'x', done: true, coordinatorState: { missingUsers: 1 } });
      expect(await read(ledger, id)).toEqual(before);
      expect(await allTasks(ledger, id, 'queued')).toEqual([]);
    });
  });

  describe('startTask', () => {
    test('goes on where the last commit left off, with a new epoch', async () => {
      const ledger = await newLedger();
      const { id } = await open(ledger);
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

    test('keeps an empty cursor apart from none', async () => {
      const ledger = await newLedger();
      const { id } = await open(ledger);
      await finish(ledger, id, task, { state: 'queued', cursor: '' });
      expect((await start(ledger, id, task)).cursor).toBe('');
    });

    test('counts starts until one of them gets on', async () => {
      const ledger = await newLedger();
      const { id } = await open(ledger);
      for (const expected of [1, 2, 3]) {
        expect((await start(ledger, id, task)).startsWithoutProgress).toBe(expected);
      }
      await ledger.commit(id, task, { epoch: 3, state: 'queued', deltas: {} });
      expect(await start(ledger, id, task)).toMatchObject({ epoch: 4, startsWithoutProgress: 1 });
    });

    test('after too many starts that came to nothing a task starts alone only, until it gets on', async () => {
      const ledger = await newLedger();
      const { id } = await open(ledger);
      for (let times = 0; times < quarantineAfterStarts; times += 1) await start(ledger, id, task);
      const suspect = { started: false, why: 'quarantined' };
      expect(await ledger.startTask(id, task, { binding })).toEqual(suspect);
      expect(await ledger.startTask(id, task, { binding })).toEqual(suspect);
      const alone = await ledger.startTask(id, task, { binding, isolated: true });
      expect(alone).toMatchObject({ started: true, epoch: 4, startsWithoutProgress: 4 });
      // Its process is gone: the next attempt has to know.
      expect(await ledger.startTask(id, task, { binding })).toMatchObject({
        epoch: 5,
        startsWithoutProgress: 5,
      });
      await ledger.commit(id, task, { epoch: 5, state: 'running', deltas: { created: 1 } });
      expect(await start(ledger, id, task)).toMatchObject({ epoch: 6, startsWithoutProgress: 1 });
    });

    test('says why not: unknown, closed, done', async () => {
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

    test('says why not: paused, cancelled, of a part also when its parent is', async () => {
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

    test('says why not: rolled back by, and not current', async () => {
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

    test('refuses tasks of a part whose parent is over', async () => {
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

    test('takes a closed migration up again for a job that a person retried', async () => {
      const ledger = await newLedger();
      const { id } = await open(ledger);
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

  describe('commit', () => {
    test('moves totals and counters by the same whole numbers', async () => {
      const ledger = await newLedger();
      const { id } = await open(ledger);
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

    test('refuses what it has no place for, before anything moves', async () => {
      const ledger = await newLedger();
      const { id } = await open(ledger);
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

    test('answers with the control, of a part that of its parent', async () => {
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

    test('moves the ended ones, and hands back', async () => {
      const ledger = await newLedger();
      const { id } = await open(ledger);
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

    test('of a start that is over records nothing', async () => {
      const ledger = await newLedger();
      const { id } = await open(ledger);
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
    test('takes the task out of the ledger and starts it again', async () => {
      const ledger = await newLedger();
      const { id } = await open(ledger);
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

  describe('requeueFailed', () => {
    test('answers with those that had failed', async () => {
      const ledger = await newLedger();
      const { id } = await open(ledger);
      await finish(ledger, id, 'user:done', { state: 'done' });
      for (const name of trickyTasks) {
        await finish(ledger, id, name, { state: 'failed', deltas: { failed: 1 }, cursor: `${name}|c` });
      }
      const asked = ['user:done', 'user:unknown', ...trickyTasks.slice(1)];
      expect(await ledger.requeueFailed(id, asked)).toEqual(trickyTasks.slice(1));
      expect(await ledger.requeueFailed(id, asked)).toEqual([]);
      expect((await read(ledger, id)).tasks).toEqual({
        listed: trickyTasks.length + 1,
        completed: 1,
        failed: 1,
      });
      expect(await allTasks(ledger, id, 'queued')).toEqual(trickyTasks.slice(1).toSorted());
      expect(await start(ledger, id, trickyTasks[1])).toMatchObject({
        epoch: 2,
        cursor: `${trickyTasks[1]}|c`,
        counters: { failed: 1 },
      });
    });

    test('leaves the records of what is over as they are', async () => {
      const ledger = await newLedger();
      const { id } = await open(ledger);
      await finish(ledger, id, task, { state: 'failed' });
      await close(ledger, id);
      expect(await ledger.requeueFailed(id, [task])).toEqual([]);
      expect((await read(ledger, id)).tasks.failed).toBe(1);
    });
  });
}
