import type { Operation, OperationKind } from './operation.ts';

/**
 * Sums of a verification by which the items that its entries led to and those that its scan found are held against
 * each other. They mean nothing by themselves.
 */
export const digestSums = ['digest1', 'digest2', 'digest3'] as const;

/**
 * What each kind of operation counts for each task. The order is the order in the ledger's compact records:
 * add at the end only.
 */
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
  /** `intended`: those that were about to be deleted, `beyond`: those among them that the limit of the prune kept. */
  prune: ['scanned', 'deleted', 'kept', 'writeUnits', 'owned', 'unknown', 'intended', 'beyond'],
} as const satisfies Record<OperationKind, readonly string[]>;

/**
 * What becomes of an entry, and what the statistics of a run count it as: exactly one of these counters moves for each
 * entry. `unread`: entries of a user that could not be read, and that no attempt of the task goes on with. A new
 * attempt takes them back first.
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

/** What one page adds, by counter; absent is nothing. Negative where a retry turns a failure into something else. */
export type Deltas<K extends OperationKind = OperationKind> = { [C in Counter<K>]?: number };

/** The counts that mean something by themselves. */
export function withoutDigest(counts: Readonly<Record<string, number>>): Record<string, number> {
  const sums: readonly string[] = digestSums;
  return Object.fromEntries(Object.entries(counts).filter(([name]) => !sums.includes(name)));
}

export function addTo<C extends string>(deltas: { [name in C]?: number }, counter: C, amount = 1): void {
  deltas[counter] = (deltas[counter] ?? 0) + amount;
}

/**
 * The deltas as the ledgers record them: whole numbers, without those that are nothing, in the order of `counters`.
 * Throws a TypeError for a name that the kind does not count or an amount that is no number, rather than lose it.
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
