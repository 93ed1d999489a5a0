import { addTo, type Deltas, type ErrorCode, type MappedEntry, MigrationError } from '@migrator/core';

/** What became of one entry. Exactly one of the counters of the ledger moves for it. */
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
  /** `migratedAt`: the item's, where it is after the run's. */
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
  if (outcome.encodedAsText > 0) addTo(deltas, 'encodedAsText', outcome.encodedAsText);
  if (outcome.warnings > 0) addTo(deltas, 'warnings', outcome.warnings);
  if (outcome.compressed) addTo(deltas, 'compressed');
}

/** An entry that fails by an error that was thrown. */
export function failedBy(error: unknown): Extract<EntryOutcome, { kind: 'failed' }> {
  return {
    kind: 'failed',
    code: MigrationError.codeOf(error),
    message: error instanceof Error ? error.message : String(error),
    attempts: error instanceof MigrationError ? error.attempts : 1,
  };
}

export type Mapped = Extract<MappedEntry, { ok: true }>;

export function written(mapped: Mapped, kind: 'created' | 'repaired', writeUnits: number): EntryOutcome {
  const { item, encodedAsText, warnings, compressed } = mapped;
  return { kind, bytes: item.size, writeUnits, encodedAsText, warnings: warnings.length, compressed };
}

/** An entry that can't be an item, or not at its key. */
export function unmappable({ code, message }: { code: ErrorCode; message: string }): EntryOutcome {
  return { kind: 'failed', code, message: saveFailed(message), attempts: 1 };
}

/** The guide's words for a write that failed. */
export function saveFailed(why: string): string {
  return `Failed to save journal data: ${why}`;
}
