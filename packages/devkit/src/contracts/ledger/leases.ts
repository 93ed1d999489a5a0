import type { Ledger } from '@migrator/core';
import { describe, expect, test, vi } from 'vitest';
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
  trickyTasks,
  verification,
} from './ledger-harness.ts';

const task = 'user:a|b';
/** Longer than any test. */
const long = { leaseMs: 3_600_000 };
const outstanding = { code: 'LEASES_OUTSTANDING' };

/** Leases of attempts, and what waits for their end. */
export function leasesContract(newLedger: NewLedger): void {
  describe('checkAttempts', () => {
    test('returns for each attempt what its commit would return', async () => {
      const { ledger, id } = await openRun(newLedger, long);
      const attempts: { task: string; epoch: number }[] = [];
      for (const name of trickyTasks)
        attempts.push({ task: name, epoch: (await start(ledger, id, name)).epoch });
      const [first, second, third] = trickyTasks;
      await start(ledger, id, first);
      await ledger.commit(id, second, { epoch: 1, state: 'queued', deltas: {} });
      const before = await read(ledger, id);
      const requested = [...attempts, { task: third, epoch: 2 }, { task: 'user:never seen', epoch: 1 }];
      expect(await ledger.checkAttempts(id, requested)).toEqual([
        'stale',
        'stale',
        ...attempts.slice(2).map(() => 'run'),
        'missing',
        'missing',
      ]);
      expect(await read(ledger, id)).toEqual(before);
      expect(await ledger.checkAttempts(id, [])).toEqual([]);
    });

    test('returns the control, for a part also that of its parent', async () => {
      const ledger = await newLedger();
      const parent = await open(ledger);
      const part = await open(ledger, verification, { parent: parent.id });
      const own = { task, epoch: (await start(ledger, parent.id, task)).epoch };
      const parts = { task, epoch: (await start(ledger, part.id, task)).epoch };
      await ledger.control(part.id, 'pause');
      expect(await ledger.checkAttempts(part.id, [parts])).toEqual(['pause']);
      expect(await ledger.checkAttempts(parent.id, [own])).toEqual(['run']);
      await ledger.control(part.id, 'run');
      for (const control of ['pause', 'run', 'cancel'] as const) {
        await ledger.control(parent.id, control);
        expect(await ledger.checkAttempts(parent.id, [own])).toEqual([control]);
        expect(await ledger.checkAttempts(part.id, [parts])).toEqual([control]);
      }
    });

    test('returns stale or missing for attempts of operations that have ended or do not exist', async () => {
      const ledger = await newLedger();
      const parent = await open(ledger);
      const part = await open(ledger, { kind: 'prune', dryRun: false, list: false }, { parent: parent.id });
      const attempt = { task, epoch: 1 };
      for (const id of [parent.id, part.id]) await start(ledger, id, task);
      await close(ledger, parent.id);
      const next = await open(ledger, { kind: 'rollback', dryRun: false });
      for (const id of [parent.id, part.id])
        expect(await ledger.checkAttempts(id, [attempt])).toEqual(['stale']);
      await close(ledger, next.id);
      for (const unknown of ['nonsense', 'migration-20200101T000000000Z'])
        expect(await ledger.checkAttempts(unknown, [attempt])).toEqual(['missing']);
    });
  });

  describe('a lease', () => {
    test.each(['queued', 'done', 'failed'] as const)('ends when its attempt is %s', async (state) => {
      const { ledger, id } = await openRun(newLedger, long);
      const { epoch } = await start(ledger, id, task);
      expect(await isHeld(ledger)).toBe(true);
      await ledger.commit(id, task, { epoch, state: 'running', deltas: {} });
      expect(await isHeld(ledger)).toBe(true);
      await ledger.commit(id, task, { epoch, state, deltas: {} });
      expect(await isHeld(ledger)).toBe(false);
    });

    test.each(['pause', 'cancel'] as const)(
      'ends when its attempt commits and is told to %s',
      async (control) => {
        const ledger = await newLedger(long);
        const parent = await open(ledger);
        const part = await open(ledger, { kind: 'prune', dryRun: false, list: false }, { parent: parent.id });
        const { epoch } = await start(ledger, part.id, task);
        await ledger.control(parent.id, control);
        expect(await ledger.checkAttempts(part.id, [{ task, epoch }])).toEqual([control]);
        // Its writes may still be in flight.
        expect(await isHeld(ledger)).toBe(true);
        await ledger.commit(part.id, task, { epoch, state: 'running', deltas: {} });
        expect(await isHeld(ledger)).toBe(false);
      },
    );

    test('of a replaced attempt outlasts the new attempt, until the old one calls', async () => {
      const { ledger, id } = await openRun(newLedger, long);
      const first = await start(ledger, id, task);
      await finish(ledger, id, task, { state: 'done' });
      expect(await isHeld(ledger)).toBe(true);
      const late = { epoch: first.epoch, state: 'running', deltas: {} } as const;
      expect(await ledger.commit(id, task, late)).toBe('stale');
      expect(await isHeld(ledger)).toBe(false);
      expect(await ledger.checkAttempts(id, [{ task, epoch: first.epoch }])).toEqual(['stale']);
      expect(await isHeld(ledger)).toBe(false);
    });

    test('of an attempt whose record is lost ends with the commit that returns missing', async () => {
      const { ledger, id } = await openRun(newLedger, long);
      const { epoch } = await start(ledger, id, task);
      const expected = { cursor: 'never seen', counters: {} };
      expect(await ledger.commit(id, task, { epoch, state: 'running', deltas: {}, expected })).toBe(
        'missing',
      );
      expect(await isHeld(ledger)).toBe(false);
    });

    test('that is outstanding prevents every part of an end', async () => {
      const ledger = await newLedger(long);
      const parent = await open(ledger);
      const part = await open(ledger, { kind: 'prune', dryRun: false, list: false }, { parent: parent.id });
      const { epoch } = await start(ledger, part.id, task);
      await ledger.control(parent.id, 'cancel', 'enough');
      for (const { id } of [part, parent]) {
        const before = await read(ledger, id);
        await expect(ledger.close(id, { state: 'cancelled', now: at(5) })).rejects.toMatchObject(outstanding);
        expect(await read(ledger, id)).toEqual(before);
      }
      expect(await ledger.open(migration, { now: at(6), binding })).toMatchObject({ opened: false });
      await ledger.commit(part.id, task, { epoch, state: 'queued', deltas: {} });
      for (const { id } of [part, parent]) await ledger.close(id, { state: 'cancelled', now: at(5) });
      expect(await read(ledger, parent.id)).toMatchObject({ state: 'cancelled', reason: 'enough' });
      // A second close changes nothing, even if another attempt holds a lease by then.
      const next = await open(ledger);
      await start(ledger, next.id, task);
      await ledger.close(parent.id, { state: 'completed', now: at(9) });
      expect(await read(ledger, parent.id)).toMatchObject({ state: 'cancelled' });
    });

    test('of a silent attempt expires; each check and commit renews it', async () => {
      const { ledger, id } = await openRun(newLedger, { leaseMs: 1_500 });
      const { epoch } = await start(ledger, id, task);
      const attempt = { task, epoch };
      const renewals = [
        () => ledger.checkAttempts(id, [attempt]),
        () => ledger.commit(id, task, { epoch, state: 'running', deltas: {} }),
      ];
      for (const renew of renewals) {
        await vi.waitFor(async () => expect(await isHeld(ledger)).toBe(false), {
          timeout: 5_000,
          interval: 20,
        });
        await renew();
        expect(await isHeld(ledger)).toBe(true);
      }
      await vi.waitFor(() => close(ledger, id), { timeout: 5_000, interval: 20 });
      expect(await read(ledger, id)).toMatchObject({ state: 'completed' });
    });
  });
}

/** Whether a lease is outstanding. */
async function isHeld(ledger: Ledger): Promise<boolean> {
  return await ledger.requireNoLeases().then(
    () => false,
    (error: unknown) => {
      expect(error).toMatchObject(outstanding);
      return true;
    },
  );
}
