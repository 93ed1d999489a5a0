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
  /** The duration of a lease in milliseconds. */
  readonly leaseMs?: number;
}

export type MakeLedger = (settings: LedgerSettings) => Promise<LedgerHarness>;

/**
 * The requirements of every ledger: a vitest suite that each adapter runs. `numRuns`: how many random histories are
 * tried.
 */
export function ledgerContract(name: string, make: MakeLedger, options: { numRuns?: number } = {}): void {
  describe(`${name} fulfills the ledger's contract`, () => {
    const made: LedgerHarness[] = [];
    afterEach(async () => {
      await Promise.all(made.splice(0).map(({ done }) => done()));
    });
    // Without leases, so that they prevent no end in tests about something else.
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
