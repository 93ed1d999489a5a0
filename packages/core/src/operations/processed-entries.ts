import { entryOutcomes } from './counters.ts';
import type { Operation } from './operation.ts';

/** Entries a migration has dealt with, one way or another. */
export function processedEntries(operation: Operation): number {
  return entryOutcomes.reduce((sum, name) => sum + (operation.totals[name] ?? 0), 0);
}
