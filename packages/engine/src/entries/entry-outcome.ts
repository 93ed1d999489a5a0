import {
  addTo,
  type Deltas,
  type ErrorCode,
  type ListedKind,
  type MappedEntry,
  failureOf,
} from '@migrator/core';

/** The outcome of one entry. Exactly one of the ledger's counters changes for it. */
export type EntryOutcome =
  | {
      readonly kind: 'created' | 'repaired';
      readonly bytes: number;
      readonly writeUnits: number;
      readonly encodedAsText: number;
      readonly warnings: number;
      readonly compressed: boolean;
    }
  | { readonly kind: 'unchanged' | 'conflicts' | 'vanished'; readonly writeUnits: number }
  /** `migratedAt`: the item's, if later than the run's. */
  | { readonly kind: 'newer'; readonly writeUnits: number; readonly migratedAt?: string }
  | {
      readonly kind: 'failed';
      readonly code: ErrorCode;
      readonly message: string;
      readonly attempts: number;
    };

export function addOutcome(deltas: Deltas<'migration'>, outcome: EntryOutcome): void {
  addTo(deltas, outcome.kind);
  if (outcome.kind === 'failed') return;
  if (outcome.writeUnits > 0) addTo(deltas, 'writeUnits', outcome.writeUnits);
  if (outcome.kind !== 'created' && outcome.kind !== 'repaired') return;
  addTo(deltas, 'bytes', outcome.bytes);
  if (outcome.compressed) addTo(deltas, 'compressed');
  if (outcome.encodedAsText > 0) {
    addTo(deltas, 'encodedAsText', outcome.encodedAsText);
    addTo(deltas, 'textEntries');
  }
  if (outcome.warnings > 0) {
    addTo(deltas, 'warnings', outcome.warnings);
    addTo(deltas, 'warnedEntries');
  }
}

/** The lists that an entry belongs to. */
export function listedAs(outcome: EntryOutcome): readonly ListedKind[] {
  switch (outcome.kind) {
    case 'conflicts':
      return ['conflict'];
    case 'newer':
      return ['newer'];
    case 'created':
    case 'repaired': {
      if (outcome.encodedAsText === 0 && outcome.warnings === 0) return [];
      const kinds: ListedKind[] = [];
      if (outcome.encodedAsText > 0) kinds.push('encoded-as-text');
      if (outcome.warnings > 0) kinds.push('unexpected-type');
      return kinds;
    }
    default:
      return [];
  }
}

/** The outcome of an entry that fails with this error. */
export function failedBy(error: unknown): Extract<EntryOutcome, { kind: 'failed' }> {
  return { kind: 'failed', ...failureOf(error) };
}

export type Mapped = Extract<MappedEntry, { ok: true }>;

export function written(mapped: Mapped, kind: 'created' | 'repaired', writeUnits: number): EntryOutcome {
  const { item, encodedAsText, warnings, compressed } = mapped;
  return { kind, bytes: item.size, writeUnits, encodedAsText, warnings: warnings.length, compressed };
}

/** The outcome of an entry that can't be an item, or not with its key. */
export function unmappable({ code, message }: { code: ErrorCode; message: string }): EntryOutcome {
  return { kind: 'failed', code, message: saveFailed(message), attempts: 1 };
}

/** The message of a failed write, in the form that the contract gives. */
export function saveFailed(why: string): string {
  return `Failed to save journal data: ${why}`;
}
