import { describe, expect, test } from 'vitest';
import {
  allTasks,
  close,
  finish,
  type NewLedger,
  openRun,
  read,
  start,
  trickyTasks,
} from './ledger-harness.ts';

const task = 'user:a|b';

export function tasksContract(newLedger: NewLedger): void {
  describe('readTask', () => {
    test('returns the state and counters of each task', async () => {
      const { ledger, id } = await openRun(newLedger);
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

  describe('addTasks', () => {
    test('counts each task once and records the position of the listing', async () => {
      const { ledger, id } = await openRun(newLedger);
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
      const { ledger, id } = await openRun(newLedger);
      const tasks = Array.from({ length: 2_500 }, (_, index) => `user:${index}`);
      await ledger.addTasks(id, tasks, { cursor: '1', done: true });
      expect(await read(ledger, id)).toMatchObject({
        tasks: { listed: 2_500 },
        listing: { cursor: '1', done: true },
      });
      expect(await allTasks(ledger, id, 'queued')).toEqual(tasks.toSorted());
      expect(await allTasks(ledger, id, 'running', 'done', 'failed')).toEqual([]);
    });

    test('does not change a task that started before it was recorded', async () => {
      const { ledger, id } = await openRun(newLedger);
      await finish(ledger, id, task, { state: 'done' });
      expect((await read(ledger, id)).tasks).toEqual({ listed: 1, completed: 1, failed: 0 });
      await ledger.addTasks(id, [task], { done: true });
      expect((await read(ledger, id)).tasks).toEqual({ listed: 1, completed: 1, failed: 0 });
    });

    test('has no effect after the end of the operation', async () => {
      const { ledger, id } = await openRun(newLedger);
      await close(ledger, id);
      const before = await read(ledger, id);
      await ledger.addTasks(id, [task], { cursor: 'x', done: true, coordinatorState: { missingUsers: 1 } });
      expect(await read(ledger, id)).toEqual(before);
      expect(await allTasks(ledger, id, 'queued')).toEqual([]);
    });
  });

  describe('requeueFailed', () => {
    test('returns those that had failed', async () => {
      const { ledger, id } = await openRun(newLedger);
      await finish(ledger, id, 'user:done', { state: 'done' });
      for (const name of trickyTasks) {
        await finish(ledger, id, name, { state: 'failed', deltas: { failed: 1 }, cursor: `${name}|c` });
      }
      const requested = ['user:done', 'user:unknown', ...trickyTasks.slice(1)];
      expect(await ledger.requeueFailed(id, requested)).toEqual(trickyTasks.slice(1));
      expect(await ledger.requeueFailed(id, requested)).toEqual([]);
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

    test('changes no records after the end of the operation', async () => {
      const { ledger, id } = await openRun(newLedger);
      await finish(ledger, id, task, { state: 'failed' });
      await close(ledger, id);
      expect(await ledger.requeueFailed(id, [task])).toEqual([]);
      expect((await read(ledger, id)).tasks.failed).toBe(1);
    });
  });
}
