import type { Ledger } from '@migrator/core';
import { afterEach, describe } from 'vitest';
import { gapsContract } from './ledger-contract/gaps.ts';
import { issuesContract } from './ledger-contract/issues.ts';
import { ledgerProperties } from './ledger-contract/ledger-properties.ts';
import { bindingsContract } from './ledger-contract/bindings.ts';
import { operationsContract } from './ledger-contract/operations.ts';
import { unitsContract } from './ledger-contract/units.ts';

export interface LedgerHarness {
  /** Empty, and nobody else's. */
  readonly ledger: Ledger;
  /** Removes whatever the ledger has written, and closes what it needed. */
  readonly done: () => Promise<void>;
}

export type MakeLedger = (options?: { maxKeptIssues?: number }) => Promise<LedgerHarness>;

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
    const newLedger = async (settings?: { maxKeptIssues?: number }): Promise<Ledger> => {
      const harness = await make(settings);
      made.push(harness);
      return harness.ledger;
    };
    operationsContract(newLedger);
    bindingsContract(newLedger);
    unitsContract(newLedger);
    gapsContract(newLedger);
    issuesContract(newLedger);
    ledgerProperties(newLedger, options.numRuns ?? 100);
  });
}
