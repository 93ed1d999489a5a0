import type { Operation, OperationKind } from './operation.ts';

/**
 * The sums of a verification's set digest: they compare the items found by entry with those found by the scan. A
 * single one has no meaning.
 */
export const digestSums = ['digest1', 'digest2', 'digest3'] as const;

/** The counters of a task, by kind of operation. The order is part of the record format: add at the end only. */
export const counters = {
  migration: [
    'created',
    'repaired',
    'unchanged',
    'conflicts',
    'newer',
    'vanished',
    'failed',
    'bytes',
    'writeUnits',
    'readUnits',
    'encodedAsText',
    'warnings',
    'compressed',
    'unread',
    'textEntries',
    'warnedEntries',
  ],
  verification: [
    'entries',
    'items',
    'matched',
    'scanned',
    'missing',
    'different',
    'source-changed',
    'unexpected',
    'target-changed',
    'rescanned',
    ...digestSums,
    'unknown',
  ],
  rollback: [
    'scanned',
    'deleted',
    'bytes',
    'keptChanged',
    'keptForeign',
    'keptOtherRun',
    'keptMisplaced',
    'writeUnits',
  ],
  /** `intended`: items that were about to be deleted. `beyond`: those of them that the prune's limit kept. */
  prune: ['scanned', 'deleted', 'kept', 'writeUnits', 'owned', 'unknown', 'intended', 'beyond'],
} as const satisfies Record<OperationKind, readonly string[]>;

/**
 * The outcomes of an entry, and how the statistics of a run count each. Exactly one of these counters changes for
 * each entry. `unread`: entries of a failed user that were not read. A new attempt first subtracts them.
 */
export const entryOutcomes = {
  created: 'success',
  repaired: 'success',
  unchanged: 'skipped',
  conflicts: 'skipped',
  newer: 'skipped',
  vanished: 'skipped',
  failed: 'failure',
  unread: 'failure',
} as const satisfies { readonly [C in Counter<'migration'>]?: 'success' | 'skipped' | 'failure' };

export const entryOutcomeNames = Object.keys(entryOutcomes) as readonly (keyof typeof entryOutcomes)[];

/** Entries of a migration that have an outcome. */
export function processedEntries({ totals }: Operation): number {
  return entryOutcomeNames.reduce((sum, name) => sum + (totals[name] ?? 0), 0);
}

export type Counter<K extends OperationKind> = (typeof counters)[K][number];

/** What one page adds to each counter; absent: 0. Negative where a retry changes a failure into another outcome. */
export type Deltas<K extends OperationKind = OperationKind> = { [C in Counter<K>]?: number };

/** The counts without the sums of the set digest. */
export function withoutDigest(counts: Readonly<Record<string, number>>): Record<string, number> {
  const sums: readonly string[] = digestSums;
  return Object.fromEntries(Object.entries(counts).filter(([name]) => !sums.includes(name)));
}

export function addTo<C extends string>(deltas: { [name in C]?: number }, counter: C, amount = 1): void {
  deltas[counter] = (deltas[counter] ?? 0) + amount;
}

/**
 * The deltas as the ledgers record them: integers other than 0, in the order of `counters`. Throws a TypeError for an
 * unknown name or an amount that is no number.
 */
export function wholeDeltas(
  kind: OperationKind,
  deltas: Readonly<Record<string, number>>,
): { index: number; name: string; amount: number }[] {
  const names: readonly string[] = counters[kind];
  const whole: { index: number; name: string; amount: number }[] = [];
  for (const name in deltas) {
    const index = names.indexOf(name);
    if (index === -1) throw new TypeError(`a ${kind} has no counter '${name}'`);
    const value = deltas[name]!;
    const amount = Math.round(value);
    if (!Number.isSafeInteger(amount)) throw new TypeError(`'${name}' can't move by ${value}`);
    if (amount !== 0) whole.push({ index, name, amount });
  }
  return whole.toSorted((a, b) => a.index - b.index);
}
