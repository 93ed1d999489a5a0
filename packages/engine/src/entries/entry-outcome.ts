import {
  addTo,
  type Deltas,
  type ErrorCode,
  type FieldWarning,
  fieldPathAt,
  type ListedEntry,
  type MappedEntry,
  failureOf,
  type SourceEntry,
} from '@migrator/core';

import { listedKey } from './listed-key.ts';

/** The outcome of one entry. Exactly one of the ledger's counters changes for it. */
export type EntryOutcome =
  | {
      readonly kind: 'created' | 'repaired';
      readonly bytes: number;
      readonly writeUnits: number;
      readonly encodedAsText: number;
      /** The offset of the first of these; -1: there is none. */
      readonly textAt: number;
      readonly warnings: readonly FieldWarning[];
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
  if (outcome.warnings.length > 0) {
    addTo(deltas, 'warnings', outcome.warnings.length);
    addTo(deltas, 'warnedEntries');
  }
}

/** The entry's place in each list that it belongs to. */
export function listedAs(outcome: EntryOutcome, { date, document }: SourceEntry): readonly ListedEntry[] {
  switch (outcome.kind) {
    case 'conflicts':
      return [{ kind: 'conflict', key: date }];
    case 'newer':
      return [{ kind: 'newer', key: date }];
    case 'created':
    case 'repaired': {
      const { encodedAsText, textAt, warnings } = outcome;
      if (encodedAsText === 0 && warnings.length === 0) return [];
      const listed: ListedEntry[] = [];
      if (encodedAsText > 0)
        listed.push({ kind: 'encoded-as-text', key: listedKey(date, fieldPathAt(document, textAt)) });
      if (warnings.length > 0) {
        const fields = warnings.map(({ field, found }) => `${field} (${found})`);
        listed.push({ kind: 'unexpected-type', key: listedKey(date, fields.join(', ')) });
      }
      return listed;
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
  const { item, encodedAsText, textAt, warnings, compressed } = mapped;
  return { kind, bytes: item.size, writeUnits, encodedAsText, textAt, warnings, compressed };
}

/** The outcome of an entry that can't be an item, or not with its key. */
export function unmappable({ code, message }: { code: ErrorCode; message: string }): EntryOutcome {
  return { kind: 'failed', code, message: saveFailed(message), attempts: 1 };
}

/** The message of a failed write, in the form that the contract gives. */
export function saveFailed(why: string): string {
  return `Failed to save journal data: ${why}`;
}
