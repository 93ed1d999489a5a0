import { describe } from 'vitest';
import { issuesContract } from './ledger-contract/issues.ts';
import type { MakeLedger } from './ledger-contract/ledger-harness.ts';
import { ledgerProperties } from './ledger-contract/ledger-properties.ts';
import { operationsContract } from './ledger-contract/operations.ts';
import { unitsContract } from './ledger-contract/units.ts';

export type { LedgerHarness, MakeLedger } from './ledger-contract/ledger-harness.ts';

/**
 * What every ledger has to do, as a suite of vitest. `make` gives an empty ledger each time; `numRuns` says how many
 * random histories it is put through.
 */
export function ledgerContract(name: string, make: MakeLedger, options: { numRuns?: number } = {}): void {
  describe(name, () => {
    operationsContract(make);
    unitsContract(make);
    issuesContract(make);
    ledgerProperties(make, options.numRuns ?? 100);
  });
}
