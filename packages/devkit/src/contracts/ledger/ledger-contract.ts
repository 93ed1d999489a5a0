import type { Ledger } from '@migrator/core';
import { afterEach, describe } from 'vitest';
import { changeOperationContract } from './change-operation.ts';
import { commitTaskContract } from './commit-task.ts';
import { gapsContract } from './gaps.ts';
import { issuesContract } from './issues.ts';
import { ledgerProperties } from './ledger-properties.ts';
import { bindingsContract } from './bindings.ts';
import { leasesContract } from './leases.ts';
import { operationsContract } from './operations.ts';
import { startTaskContract } from './start-task.ts';
import { tasksContract } from './tasks.ts';

export interface LedgerHarness {
  /** Empty, and used by nothing else. */
  readonly ledger: Ledger;
  /** Removes what the ledger has written, and closes what it needed. */
  readonly done: () => Promise<void>;
}

export interface LedgerSettings {
  readonly maxKeptIssues?: number;
  /** How long a lease is taken to hold, milliseconds. */
  readonly leaseMs?: number;
}

export type MakeLedger = (settings: LedgerSettings) => Promise<LedgerHarness>;

/**
 * What every ledger must do: a vitest suite that each adapter runs. `numRuns` says how many random histories it is put
 * through.
 */
export function ledgerContract(name: string, make: MakeLedger, options: { numRuns?: number } = {}): void {
  describe(`${name} keeps the ledger's contract`, () => {
    const made: LedgerHarness[] = [];
    afterEach(async () => {
      await Promise.all(made.splice(0).map(({ done }) => done()));
    });
    // Where leases are not the subject none stands against an end.
    const newLedger = async (settings: LedgerSettings = {}): Promise<Ledger> => {
      const harness = await make({ leaseMs: 0, ...settings });
      made.push(harness);
      return harness.ledger;
    };
    operationsContract(newLedger);
    changeOperationContract(newLedger);
    bindingsContract(newLedger);
    tasksContract(newLedger);
    startTaskContract(newLedger);
    commitTaskContract(newLedger);
    leasesContract(newLedger);
    gapsContract(newLedger);
    issuesContract(newLedger);
    ledgerProperties(newLedger, options.numRuns ?? 100);
  });
}
