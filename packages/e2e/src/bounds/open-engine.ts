import { listPrices } from '@migrator/core';
import {
  createMemoryLedger,
  createMemoryPaceStore,
  defaultPaging,
  type EngineContext,
  InFlightLimit,
  Pace,
  pacedSource,
  pacedTarget,
  type PaceStore,
} from '@migrator/engine';

import { bottomlessTarget, endlessSource, madeUp } from './fake-ends.ts';

/** The engine as a worker has it, between made-up ends. */
export function openEngine(
  size: { readonly users: number; readonly entriesPerUser: number },
  paceStore: PaceStore = createMemoryPaceStore(),
): EngineContext {
  const pace = new Pace({ store: paceStore, writeConcurrency: 64 });
  return {
    source: pacedSource(endlessSource(size.users, size.entriesPerUser), pace),
    target: pacedTarget(bottomlessTarget(), pace),
    ledger: createMemoryLedger(),
    binding: async () => madeUp,
    settings: {
      ...defaultPaging,
      names: { users: 'users', journal: 'trading-journal' },
      oversize: 'fail',
      prices: listPrices,
    },
    writeSlots: new InFlightLimit(64),
    pace,
  };
}

export const migration = {
  kind: 'migration',
  dryRun: false,
  verify: false,
  prune: false,
} as const;

export function mebibytes(bytes: number): number {
  return Math.round(bytes / 1_048_576);
}
