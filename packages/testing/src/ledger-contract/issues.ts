import type { Issue } from '@migrator/core';
import { describe, expect, test } from 'vitest';
import {
  allIssues,
  books,
  close,
  finish,
  issue,
  type NewLedger,
  open,
  read,
  start,
  trickyUnits,
  verification,
} from './ledger-harness.ts';

const unit = 'user:a|b';
const maxKeptIssues = 3;

export function issuesContract(newLedger: NewLedger): void {
  describe('issues', () => {
    test('are kept by unit and key, whatever these hold', async () => {
      const ledger = await newLedger();
      const { id } = await open(ledger);
      const keys = ['', 'k', 'k|1:2,3', 'ü😀\n', '*', '\u0001'];
      for (const name of trickyUnits) {
        await finish(ledger, id, name, { state: 'failed', issues: keys.map((key) => issue(name, key)) });
      }
      for (const name of trickyUnits) {
        const found = await ledger.unitIssues(id, name);
        expect(new Set(found)).toStrictEqual(new Set(keys.map((key) => issue(name, key))));
        expect(found).toHaveLength(keys.length);
      }
      expect((await read(ledger, id)).codes).toStrictEqual({
        ITEM_TOO_LARGE: trickyUnits.length * keys.length,
      });
      expect(await ledger.unitIssues(id, 'user:unknown')).toStrictEqual([]);
    });

    test('are paged in the order of their arrival, all or those of one code', async () => {
      const ledger = await newLedger();
      const { id } = await open(ledger);
      const issues = Array.from({ length: 1_210 }, (_, index) =>
        issue(unit, `${index}`, index % 600 === 7 ? 'THROTTLED' : 'ITEM_TOO_LARGE'),
      );
      await finish(ledger, id, unit, { state: 'failed', issues });
      expect(await allIssues(ledger, id, 500)).toStrictEqual(issues);
      const throttled = issues.filter(({ code }) => code === 'THROTTLED');
      expect(throttled).toHaveLength(3);
      expect(await allIssues(ledger, id, 2, 'THROTTLED')).toStrictEqual(throttled);
      expect(await ledger.issues(id, { code: 'THROTTLED', limit: 3 })).toStrictEqual({ issues: throttled });
      expect(await ledger.issues(id, { code: 'INTERNAL', limit: 3 })).toStrictEqual({ issues: [] });
    });

    test('replace the older one with the same key, in its place', async () => {
      const ledger = await newLedger();
      const { id } = await open(ledger);
      const { epoch } = await start(ledger, id, unit);
      const commit = (issues: Issue[], resolved: string[] = []): Promise<unknown> =>
        ledger.commit(id, unit, { epoch, state: 'running', deltas: {}, issues, resolved });
      await commit([issue(unit, 'x'), issue(unit, 'y')]);
      await commit([issue(unit, 'x', 'THROTTLED')]);
      expect((await read(ledger, id)).codes).toStrictEqual({ ITEM_TOO_LARGE: 1, THROTTLED: 1 });
      expect(await allIssues(ledger, id, 10)).toStrictEqual([
        issue(unit, 'x', 'THROTTLED'),
        issue(unit, 'y'),
      ]);
      await commit([issue(unit, 'y'), issue(unit, 'y', 'INTERNAL')], ['x', 'y', 'never was one']);
      expect((await read(ledger, id)).codes).toStrictEqual({ INTERNAL: 1 });
      expect(await allIssues(ledger, id, 10)).toStrictEqual([issue(unit, 'y', 'INTERNAL')]);
    });

    test('of the unit as a whole goes when the unit starts anew, its entries’ stay', async () => {
      const ledger = await newLedger();
      const { id } = await open(ledger);
      const issues = [issue(unit, '', 'SOURCE_UNAVAILABLE'), issue(unit, 'x')];
      await finish(ledger, id, unit, { state: 'failed', issues });
      await finish(ledger, id, 'user:b', { state: 'failed', issues: [issue('user:b', '', 'INTERNAL')] });
      await ledger.requeueFailed(id, ['user:b']);
      expect((await read(ledger, id)).codes).toStrictEqual({
        SOURCE_UNAVAILABLE: 1,
        ITEM_TOO_LARGE: 1,
        INTERNAL: 1,
      });
      await start(ledger, id, unit);
      await start(ledger, id, 'user:b');
      expect(books(await read(ledger, id))).toStrictEqual({
        units: { listed: 2, completed: 0, failed: 0 },
        totals: {},
        codes: { ITEM_TOO_LARGE: 1 },
      });
      expect(await allIssues(ledger, id, 10)).toStrictEqual([issue(unit, 'x')]);
    });

    test('outlive the units of a verification', async () => {
      const ledger = await newLedger();
      const { id } = await open(ledger, verification);
      await finish(ledger, id, unit, { state: 'done', issues: [issue(unit, 'x', 'missing')] });
      await close(ledger, id);
      expect(await allIssues(ledger, id, 10)).toStrictEqual([issue(unit, 'x', 'missing')]);
      expect(await ledger.unitIssues(id, unit)).toStrictEqual([issue(unit, 'x', 'missing')]);
      expect((await read(ledger, id)).codes).toStrictEqual({ missing: 1 });
    });
  });

  describe(`issues beyond the first ${maxKeptIssues}`, () => {
    const full = ['1', '2', '3'].map((key) => issue('user:first', key));

    test('are counted and not kept', async () => {
      const ledger = await newLedger({ maxKeptIssues });
      const { id } = await open(ledger);
      await finish(ledger, id, 'user:first', {
        state: 'failed',
        issues: [...full, issue('user:first', '4')],
      });
      await finish(ledger, id, unit, { state: 'failed', issues: [issue(unit, 'x', 'KEY_TOO_LONG')] });
      expect((await read(ledger, id)).codes).toStrictEqual({ ITEM_TOO_LARGE: 4, KEY_TOO_LONG: 1 });
      expect(await allIssues(ledger, id, 10)).toStrictEqual(full);
      expect(await ledger.unitIssues(id, unit)).toStrictEqual([]);
    });

    test('leave a kept one replaceable, and room when one is resolved', async () => {
      const ledger = await newLedger({ maxKeptIssues });
      const { id } = await open(ledger);
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
      await finish(ledger, id, unit, { state: 'failed', issues: [issue(unit, 'x'), issue(unit, 'y')] });
      expect((await read(ledger, id)).codes).toStrictEqual({ ITEM_TOO_LARGE: 3, THROTTLED: 1 });
      expect(await allIssues(ledger, id, 10)).toStrictEqual([full[1], replacing, issue(unit, 'x')]);
    });

    test('are not resolved by their key, which nobody knows, but by a reset', async () => {
      const ledger = await newLedger({ maxKeptIssues });
      const { id } = await open(ledger);
      await finish(ledger, id, 'user:first', { state: 'failed', issues: full });
      const issues = [issue(unit, 'x'), issue(unit, 'y', 'KEY_TOO_LONG'), issue(unit, 'z', 'KEY_TOO_LONG')];
      await finish(ledger, id, unit, { state: 'queued', deltas: { failed: 3 }, issues, cursor: 'c|d' });
      const { epoch, cursor } = await start(ledger, id, unit);
      expect(cursor).toBe('c|d');
      await ledger.commit(id, unit, { epoch, state: 'running', deltas: {}, resolved: ['x', 'y'] });
      expect((await read(ledger, id)).codes).toStrictEqual({ ITEM_TOO_LARGE: 4, KEY_TOO_LONG: 2 });
      await ledger.resetUnit(id, unit, epoch);
      expect(books(await read(ledger, id))).toMatchObject({ totals: {}, codes: { ITEM_TOO_LARGE: 3 } });
      await ledger.resetUnit(id, unit, epoch);
      expect((await read(ledger, id)).codes).toStrictEqual({ ITEM_TOO_LARGE: 3 });
    });

    test('of the unit as a whole are known all the same', async () => {
      const ledger = await newLedger({ maxKeptIssues });
      const { id } = await open(ledger);
      await finish(ledger, id, 'user:first', { state: 'failed', issues: full });
      const issues = [
        issue(unit, 'x', 'INTERNAL'),
        issue(unit, '', 'THROTTLED'),
        issue(unit, '', 'POISONED'),
      ];
      await finish(ledger, id, unit, { state: 'failed', issues });
      expect((await read(ledger, id)).codes).toStrictEqual({ ITEM_TOO_LARGE: 3, INTERNAL: 1, POISONED: 1 });
      const { epoch } = await start(ledger, id, unit);
      expect((await read(ledger, id)).codes).toStrictEqual({ ITEM_TOO_LARGE: 3, INTERNAL: 1 });
      await ledger.commit(id, unit, {
        epoch,
        state: 'running',
        deltas: {},
        issues: [issue(unit, '', 'POISONED')],
      });
      await ledger.resetUnit(id, unit, epoch);
      expect((await read(ledger, id)).codes).toStrictEqual({ ITEM_TOO_LARGE: 3 });
    });
  });
}
