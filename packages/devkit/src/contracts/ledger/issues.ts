import type { Issue, ListedKind } from '@migrator/core';
import { describe, expect, test } from 'vitest';
import {
  allIssues,
  figures,
  close,
  finish,
  issue,
  type NewLedger,
  open,
  openRun,
  read,
  start,
  trickyTasks,
  verification,
} from './ledger-harness.ts';

const task = 'user:a|b';
const maxKeptIssues = 3;

export function issuesContract(newLedger: NewLedger): void {
  describe('issues', () => {
    test('are kept by task and key, with any characters', async () => {
      const { ledger, id } = await openRun(newLedger);
      const keys = ['', 'k', 'k|1:2,3', 'ü😀\n', '*', '\u0001'];
      for (const name of trickyTasks) {
        await finish(ledger, id, name, { state: 'failed', issues: keys.map((key) => issue(name, key)) });
      }
      for (const name of trickyTasks) {
        const found = await ledger.taskIssues(id, name);
        expect(new Set(found)).toEqual(new Set(keys.map((key) => issue(name, key))));
        expect(found).toHaveLength(keys.length);
      }
      expect((await read(ledger, id)).codes).toEqual({
        ITEM_TOO_LARGE: trickyTasks.length * keys.length,
      });
      expect(await ledger.taskIssues(id, 'user:unknown')).toEqual([]);
    });

    test('are paged in the order of their arrival, all or those of one code', async () => {
      const { ledger, id } = await openRun(newLedger);
      const issues = Array.from({ length: 1_210 }, (_, index) =>
        issue(task, `${index}`, index % 600 === 7 ? 'THROTTLED' : 'ITEM_TOO_LARGE'),
      );
      await finish(ledger, id, task, { state: 'failed', issues });
      expect(await allIssues(ledger, id, 500)).toEqual(issues);
      const throttled = issues.filter(({ code }) => code === 'THROTTLED');
      expect(throttled).toHaveLength(3);
      expect(await allIssues(ledger, id, 2, 'THROTTLED')).toEqual(throttled);
      expect(await ledger.issues(id, { code: 'THROTTLED', limit: 3 })).toEqual({ issues: throttled });
      expect(await ledger.issues(id, { code: 'INTERNAL', limit: 3 })).toEqual({ issues: [] });
    });

    test('have lists of entries beside them: each once, by kind and arrival, up to a number of each kind', async () => {
      const { ledger, id } = await openRun(newLedger, { maxKeptIssues });
      const list = async (name: string, kind: ListedKind, keys: readonly string[]): Promise<void> => {
        const { epoch } = await start(ledger, id, name);
        const listed = keys.map((key) => ({ kind, key }));
        await ledger.commit(id, name, { epoch, state: 'queued', deltas: {}, listed });
      };
      await list('user:a', 'conflict', ['2', '1', '2']);
      await list('user:a', 'newer', ['1']);
      await list('user:a|b', 'conflict', ['ü|1', 'beyond the limit']);
      const all = [
        { task: 'user:a', key: '2' },
        { task: 'user:a', key: '1' },
        { task: 'user:a|b', key: 'ü|1' },
      ];
      expect(await ledger.listed(id, { kind: 'conflict', limit: 9 })).toEqual({ entries: all });
      const first = await ledger.listed(id, { kind: 'conflict', limit: 2 });
      expect(first).toEqual({ entries: all.slice(0, 2), cursor: expect.stringMatching(/^\d+$/) as string });
      expect(await ledger.listed(id, { kind: 'conflict', limit: 2, cursor: first.cursor! })).toEqual({
        entries: all.slice(2),
      });
      expect(await ledger.listed(id, { kind: 'encoded-as-text', limit: 2 })).toEqual({ entries: [] });
      const { epoch } = await start(ledger, id, 'user:a');
      await ledger.resetTask(id, 'user:a', epoch);
      expect(await ledger.listed(id, { kind: 'conflict', limit: 9 })).toEqual({ entries: all.slice(2) });
      expect(await ledger.listed(id, { kind: 'newer', limit: 9 })).toEqual({ entries: [] });
    });

    test('replace the older one with the same key, in its place', async () => {
      const { ledger, id } = await openRun(newLedger);
      const { epoch } = await start(ledger, id, task);
      const commit = (issues: Issue[], resolved: string[] = []): Promise<unknown> =>
        ledger.commit(id, task, { epoch, state: 'running', deltas: {}, issues, resolved });
      await commit([issue(task, 'x'), issue(task, 'y')]);
      await commit([issue(task, 'x', 'THROTTLED')]);
      expect((await read(ledger, id)).codes).toEqual({ ITEM_TOO_LARGE: 1, THROTTLED: 1 });
      expect(await allIssues(ledger, id, 10)).toEqual([issue(task, 'x', 'THROTTLED'), issue(task, 'y')]);
      await commit([issue(task, 'y'), issue(task, 'y', 'INTERNAL')], ['x', 'y', 'never was one']);
      expect((await read(ledger, id)).codes).toEqual({ INTERNAL: 1 });
      expect(await allIssues(ledger, id, 10)).toEqual([issue(task, 'y', 'INTERNAL')]);
    });

    test('of the task as a whole goes when the task starts again, its entries’ stay', async () => {
      const { ledger, id } = await openRun(newLedger);
      const issues = [issue(task, '', 'SOURCE_UNAVAILABLE'), issue(task, 'x')];
      await finish(ledger, id, task, { state: 'failed', issues });
      await finish(ledger, id, 'user:b', { state: 'failed', issues: [issue('user:b', '', 'INTERNAL')] });
      await ledger.requeueFailed(id, ['user:b']);
      expect((await read(ledger, id)).codes).toEqual({
        SOURCE_UNAVAILABLE: 1,
        ITEM_TOO_LARGE: 1,
        INTERNAL: 1,
      });
      await start(ledger, id, task);
      await start(ledger, id, 'user:b');
      expect(figures(await read(ledger, id))).toEqual({
        tasks: { listed: 2, completed: 0, failed: 0 },
        totals: {},
        codes: { ITEM_TOO_LARGE: 1 },
      });
      expect(await allIssues(ledger, id, 10)).toEqual([issue(task, 'x')]);
    });

    test('outlive the tasks of a verification', async () => {
      const ledger = await newLedger();
      const { id } = await open(ledger, verification);
      await finish(ledger, id, task, { state: 'done', issues: [issue(task, 'x', 'missing')] });
      await close(ledger, id);
      expect(await allIssues(ledger, id, 10)).toEqual([issue(task, 'x', 'missing')]);
      expect(await ledger.taskIssues(id, task)).toEqual([issue(task, 'x', 'missing')]);
      expect((await read(ledger, id)).codes).toEqual({ missing: 1 });
    });
  });

  describe(`issues beyond the first ${maxKeptIssues}`, () => {
    const full = ['1', '2', '3'].map((key) => issue('user:first', key));

    test('are counted and not kept', async () => {
      const { ledger, id } = await openRun(newLedger, { maxKeptIssues });
      await finish(ledger, id, 'user:first', {
        state: 'failed',
        issues: [...full, issue('user:first', '4')],
      });
      await finish(ledger, id, task, { state: 'failed', issues: [issue(task, 'x', 'KEY_TOO_LONG')] });
      expect((await read(ledger, id)).codes).toEqual({ ITEM_TOO_LARGE: 4, KEY_TOO_LONG: 1 });
      expect(await allIssues(ledger, id, 10)).toEqual(full);
      expect(await ledger.taskIssues(id, task)).toEqual([]);
    });

    test('leave a kept one replaceable, and room when one is resolved', async () => {
      const { ledger, id } = await openRun(newLedger, { maxKeptIssues });
      await finish(ledger, id, 'user:first', { state: 'queued', issues: full });
      const { epoch } = await start(ledger, id, 'user:first');
      const replacing = issue('user:first', '3', 'THROTTLED');
      await ledger.commit(id, 'user:first', {
        epoch,
        state: 'running',
        deltas: {},
        issues: [replacing],
        resolved: ['1'],
      });
      await finish(ledger, id, task, { state: 'failed', issues: [issue(task, 'x'), issue(task, 'y')] });
      expect((await read(ledger, id)).codes).toEqual({ ITEM_TOO_LARGE: 3, THROTTLED: 1 });
      expect(await allIssues(ledger, id, 10)).toEqual([full[1], replacing, issue(task, 'x')]);
    });

    test('are not resolved by their key, which is unknown, but by a reset', async () => {
      const { ledger, id } = await openRun(newLedger, { maxKeptIssues });
      await finish(ledger, id, 'user:first', { state: 'failed', issues: full });
      const issues = [issue(task, 'x'), issue(task, 'y', 'KEY_TOO_LONG'), issue(task, 'z', 'KEY_TOO_LONG')];
      await finish(ledger, id, task, { state: 'queued', deltas: { failed: 3 }, issues, cursor: 'c|d' });
      const { epoch, cursor } = await start(ledger, id, task);
      expect(cursor).toBe('c|d');
      await ledger.commit(id, task, { epoch, state: 'running', deltas: {}, resolved: ['x', 'y'] });
      expect((await read(ledger, id)).codes).toEqual({ ITEM_TOO_LARGE: 4, KEY_TOO_LONG: 2 });
      await ledger.resetTask(id, task, epoch);
      expect(figures(await read(ledger, id))).toMatchObject({ totals: {}, codes: { ITEM_TOO_LARGE: 3 } });
      await ledger.resetTask(id, task, epoch);
      expect((await read(ledger, id)).codes).toEqual({ ITEM_TOO_LARGE: 3 });
    });

    test('of the task as a whole are known all the same', async () => {
      const { ledger, id } = await openRun(newLedger, { maxKeptIssues });
      await finish(ledger, id, 'user:first', { state: 'failed', issues: full });
      const issues = [
        issue(task, 'x', 'INTERNAL'),
        issue(task, '', 'THROTTLED'),
        issue(task, '', 'POISONED'),
      ];
      await finish(ledger, id, task, { state: 'failed', issues });
      expect((await read(ledger, id)).codes).toEqual({ ITEM_TOO_LARGE: 3, INTERNAL: 1, POISONED: 1 });
      const { epoch } = await start(ledger, id, task);
      expect((await read(ledger, id)).codes).toEqual({ ITEM_TOO_LARGE: 3, INTERNAL: 1 });
      await ledger.commit(id, task, {
        epoch,
        state: 'running',
        deltas: {},
        issues: [issue(task, '', 'POISONED')],
      });
      await ledger.resetTask(id, task, epoch);
      expect((await read(ledger, id)).codes).toEqual({ ITEM_TOO_LARGE: 3 });
    });
  });
}
