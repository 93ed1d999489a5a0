import { describe, expect, test } from 'vitest';
import {
  at,
  binding,
  close,
  migration,
  type NewLedger,
  open,
  openRun,
  read,
  verification,
} from './ledger-harness.ts';

export function operationsContract(newLedger: NewLedger): void {
  describe('open', () => {
    test('begins an empty, running operation and takes the operation lock', async () => {
      const ledger = await newLedger();
      const request = { ...migration, userIds: ['ü|\n', 'b'] };
      const operation = await open(ledger, request);
      expect(operation).toEqual({
        id: 'migration-20261122T091051123Z',
        kind: 'migration',
        request,
        binding,
        state: 'running',
        phase: 'listing',
        control: 'run',
        startedAt: '2026-11-22T09:10:51.123Z',
        listing: { done: false },
        tasks: { listed: 0, completed: 0, failed: 0 },
        totals: {},
        codes: {},
        coordinatorState: {},
      });
      expect(await ledger.get(operation.id)).toEqual(operation);
      expect(await ledger.current()).toEqual(operation);
    });

    test('begins each kind in its own phase', async () => {
      const ledger = await newLedger();
      const parent = await open(ledger);
      const options = { parent: parent.id };
      expect((await open(ledger, verification, options)).phase).toBe('verifying');
      expect((await open(ledger, { kind: 'prune', dryRun: true, list: true }, options)).phase).toBe(
        'migrating',
      );
      expect((await open(ledger, { kind: 'rollback', dryRun: true }, options)).phase).toBe('rolling-back');
    });

    test('rejects while another one runs, and returns that one', async () => {
      const ledger = await newLedger();
      const first = await open(ledger);
      const refused = await ledger.open(verification, { now: at(10), binding });
      expect(refused).toEqual({ opened: false, current: first });
      await close(ledger, first.id);
      expect(await ledger.current()).toBeUndefined();
      expect((await ledger.open(verification, { now: at(10), binding })).opened).toBe(true);
    });

    test('accepts one of many concurrent calls', async () => {
      const ledger = await newLedger();
      const results = await Promise.all(
        Array.from({ length: 8 }, () => ledger.open(migration, { now: at(0), binding })),
      );
      expect(results.filter(({ opened }) => opened)).toHaveLength(1);
    });

    test('makes starts increase over all kinds, also if the clock goes back', async () => {
      const ledger = await newLedger();
      const provenances: string[] = [];
      for (const [request, now] of [
        [migration, at(5)],
        [verification, at(5)],
        [migration, at(-60_000)],
        [migration, at(8)],
      ] as const) {
        const { id, startedAt } = await open(ledger, request, { now });
        provenances.push(startedAt.slice(-4));
        await close(ledger, id);
      }
      expect(provenances).toEqual(['128Z', '129Z', '130Z', '131Z']);
    });

    test('opens a part while its parent runs, which keeps the operation lock', async () => {
      const ledger = await newLedger();
      const parent = await open(ledger);
      const part = await open(ledger, verification, { parent: parent.id });
      expect(part).toMatchObject({ parent: parent.id, startedAt: '2026-11-22T09:10:51.124Z' });
      expect((await ledger.current())?.id).toBe(parent.id);
      await close(ledger, part.id);
      expect((await ledger.current())?.id).toBe(parent.id);
      expect(await read(ledger, part.id)).toMatchObject({ state: 'completed' });
      expect(await read(ledger, parent.id)).toMatchObject({ state: 'running' });
    });

    test('rejects a part whose parent has ended or is unknown', async () => {
      const ledger = await newLedger();
      const parent = await open(ledger);
      await close(ledger, parent.id);
      expect(await ledger.open(verification, { now: at(1), binding, parent: parent.id })).toMatchObject({
        opened: false,
      });
      const unknown = ledger.open(verification, {
        now: at(1),
        binding,
        parent: 'migration-20200101T000000000Z',
      });
      await expect(unknown).rejects.toMatchObject({ code: 'NOT_FOUND' });
    });
  });

  describe('close', () => {
    test('counts the first time only', async () => {
      const { ledger, id } = await openRun(newLedger);
      await ledger.close(id, { state: 'failed', now: at(1_000), reason: 'no table' });
      await ledger.close(id, { state: 'completed', now: at(2_000) });
      expect(await read(ledger, id)).toMatchObject({
        state: 'failed',
        finishedAt: '2026-11-22T09:10:52.123Z',
        reason: 'no table',
      });
    });

    test('does not free the operation lock of another one', async () => {
      const ledger = await newLedger();
      const first = await open(ledger);
      await close(ledger, first.id);
      const second = await open(ledger);
      await close(ledger, first.id);
      expect((await ledger.current())?.id).toBe(second.id);
    });

    test('keeps the reason of a cancel and deletes that of a pause that has ended', async () => {
      const ledger = await newLedger();
      const cancelled = await open(ledger);
      await ledger.control(cancelled.id, 'cancel', 'enough');
      await ledger.close(cancelled.id, { state: 'cancelled', now: at(1) });
      expect((await read(ledger, cancelled.id)).reason).toBe('enough');
      const completed = await open(ledger);
      await ledger.control(completed.id, 'pause', 'lunch');
      await close(ledger, completed.id);
      expect((await read(ledger, completed.id)).reason).toBeUndefined();
    });

    test('deletes the tasks of all kinds except migrations, and keeps their totals', async () => {
      const ledger = await newLedger();
      for (const request of [
        migration,
        verification,
        { kind: 'prune', dryRun: true, list: true },
        { kind: 'rollback', dryRun: true },
      ] as const) {
        const { id } = await open(ledger, request);
        await ledger.addTasks(id, ['user:a', 'user:b'], { done: true });
        await close(ledger, id);
        const { tasks } = await ledger.listTasks(id, { states: ['queued', 'running', 'done', 'failed'] });
        expect(tasks).toHaveLength(request.kind === 'migration' ? 2 : 0);
        expect((await read(ledger, id)).tasks.listed).toBe(2);
      }
    });
  });

  describe('control', () => {
    test('is set with its reason, which goes with the next run', async () => {
      const { ledger, id } = await openRun(newLedger);
      await ledger.control(id, 'pause', 'ACCESS_DENIED: ü');
      expect(await read(ledger, id)).toMatchObject({ control: 'pause', reason: 'ACCESS_DENIED: ü' });
      await ledger.control(id, 'run', 'ignored');
      const resumed = await read(ledger, id);
      expect(resumed.control).toBe('run');
      expect(resumed.reason).toBeUndefined();
    });

    test("is final once it is a cancel, so that a worker's pause does not replace it", async () => {
      const { ledger, id } = await openRun(newLedger);
      await ledger.control(id, 'cancel', 'enough');
      for (const control of ['pause', 'run'] as const) await ledger.control(id, control, 'late');
      expect(await read(ledger, id)).toMatchObject({ control: 'cancel', reason: 'enough' });
    });

    test('changes nothing after the end', async () => {
      const { ledger, id } = await openRun(newLedger);
      await close(ledger, id);
      const before = await read(ledger, id);
      await ledger.control(id, 'cancel', 'too late');
      expect(await read(ledger, id)).toEqual(before);
    });
  });

  describe('list', () => {
    test('lists the operations of a kind, newest first, page by page', async () => {
      const ledger = await newLedger();
      const ids: string[] = [];
      for (let index = 0; index < 5; index++) {
        const { id } = await open(ledger);
        ids.unshift(id);
        await close(ledger, id);
      }
      const other = await open(ledger, verification);
      const listed: string[] = [];
      const sizes: number[] = [];
      let cursor: string | undefined;
      do {
        const page = await ledger.list('migration', {
          limit: 2,
          cursor,
        });
        listed.push(...page.operations.map(({ id }) => id));
        sizes.push(page.operations.length);
        cursor = page.cursor;
      } while (cursor !== undefined);
      expect(listed).toEqual(ids);
      expect(sizes).toEqual([2, 2, 1]);
      expect(await ledger.list('verification', { limit: 1 })).toEqual({ operations: [other] });
      expect(await ledger.list('rollback', { limit: 1 })).toEqual({ operations: [] });
    });
  });

  test('rejects unknown ids with NOT_FOUND', async () => {
    const ledger = await newLedger();
    const id = 'migration-20200101T000000000Z';
    expect(await ledger.get(id)).toBeUndefined();
    expect(await ledger.current()).toBeUndefined();
    for (const call of [
      () => ledger.update(id, { phase: 'migrating' }),
      () => close(ledger, id),
      () => ledger.control(id, 'pause'),
      () => ledger.addTasks(id, ['user:a'], { done: true }),
      () => ledger.requeueFailed(id, ['user:a']),
      () => ledger.listTasks(id, { states: ['queued'] }),
      () => ledger.issues(id, { limit: 1 }),
      () => ledger.taskIssues(id, 'user:a'),
    ]) {
      await expect(call()).rejects.toMatchObject({ code: 'NOT_FOUND' });
    }
    expect(await ledger.get(id)).toBeUndefined();
  });
}
