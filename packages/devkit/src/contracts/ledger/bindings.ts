import type { Binding } from '@migrator/core';
import { describe, expect, test } from 'vitest';
import { at, binding, close, migration, type NewLedger, open, openRun, read } from './ledger-harness.ts';

const task = 'user:a';

export function bindingsContract(newLedger: NewLedger): void {
  describe('bindings', () => {
    test.each<[string, (one: Binding) => Binding]>([
      ['another table', (one) => ({ ...one, target: { ...one.target, table: 'other' } })],
      ['another project', (one) => ({ ...one, source: { ...one.source, project: 'other' } })],
      ['no emulator', ({ source: { emulator: _emulator, ...source }, ...one }) => ({ ...one, source })],
      ['another setting', (one) => ({ ...one, settings: { oversize: 'gzip' } })],
      ['another account', (one) => ({ ...one, target: { ...one.target, account: '222222222222' } })],
    ])('starts nothing in a process with %s, not even for a retry by an operator', async (_name, change) => {
      const ledger = await newLedger();
      const own: Binding = {
        ...binding,
        source: { ...binding.source, emulator: '127.0.0.1:8080' },
        target: { ...binding.target, account: '111111111111' },
      };
      const { id } = await open(ledger, migration, { binding: own });
      const other = { started: false, why: 'other-binding' };
      expect(await ledger.startTask(id, task, { binding: change(own) })).toEqual(other);
      const { account: _account, ...target } = own.target;
      expect(await ledger.startTask(id, task, { binding: { ...own, target } })).toMatchObject({ epoch: 1 });
      expect(await ledger.startTask(id, task, { binding: own })).toMatchObject({ epoch: 2 });
      await ledger.close(id, { state: 'completed-with-failures', now: at(1_000) });
      const reopening = { binding: change(own), reopen: true };
      expect(await ledger.startTask(id, task, reopening)).toEqual(other);
      expect(await ledger.startTask(id, task, { binding: change(own) })).toMatchObject({ why: 'closed' });
      expect((await read(ledger, id)).state).toBe('completed-with-failures');
    });

    test('of a table, marks the runs that wrote to it, from any source', async () => {
      const { ledger, id } = await openRun(newLedger);
      await close(ledger, id);
      const elsewhere = { ...binding, target: { ...binding.target, table: 'other' } };
      const other = await open(ledger, migration, { binding: elsewhere });
      await close(ledger, other.id);
      const project = { ...binding, source: { ...binding.source, project: 'other' } };
      await ledger.markRolledBack('rollback-1', { ...project, settings: { oversize: 'gzip' } });
      expect((await read(ledger, id)).coordinatorState.rolledBackBy).toBe('rollback-1');
      expect((await read(ledger, other.id)).coordinatorState.rolledBackBy).toBeUndefined();
    });
  });
}
