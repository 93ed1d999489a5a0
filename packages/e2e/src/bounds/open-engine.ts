import { listPrices } from '@migrator/core';
import {
  createMemoryLedger,
  createMemoryRateLimit,
  defaultPaging,
  type EngineContext,
  AdaptiveConcurrencyLimit,
  RateController,
  throttledSource,
  throttledTarget,
  type SharedRateLimit,
} from '@migrator/engine';

import { bottomlessTarget, endlessSource, madeUp } from './fake-services.ts';

/** The engine as a worker has it, between a made-up source and target. */
export function openEngine(
  size: { readonly users: number; readonly entriesPerUser: number },
  sharedRateLimit: SharedRateLimit = createMemoryRateLimit(),
): EngineContext {
  const writeLimit = new AdaptiveConcurrencyLimit(64);
  const rateController = new RateController({ store: sharedRateLimit, writeLimit });
  return {
    source: throttledSource(endlessSource(size.users, size.entriesPerUser), rateController),
    target: throttledTarget(bottomlessTarget(), rateController),
    ledger: createMemoryLedger(),
    binding: async () => madeUp,
    settings: {
      ...defaultPaging,
      names: { users: 'users', journal: 'trading-journal' },
      oversize: 'fail',
      prices: listPrices,
    },
    writeLimit,
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
