import type { ErrorCode } from '../error-codes.ts';
import type { EncodedItem } from '../ports/target.ts';
import type { ItemArena } from './item-arena.ts';

export interface MappingOptions {
  /** The start of the run, ISO 8601 in UTC, three digits. */
  readonly migratedAt: string;
  /** Whether an entry over DynamoDB's 400 KB fails or is stored compressed. */
  readonly oversize: 'fail' | 'gzip';
  /**
   * Memory for the item's bytes, which are valid until it is given back. Without one they are valid as long as the
   * item.
   */
  readonly arena?: ItemArena;
}

/** The result of mapping one entry: an item, or the reason why it can't be one. */
export type MappedEntry =
  | {
      readonly ok: true;
      readonly item: EncodedItem;
      /** The number of doubles stored as text, because DynamoDB has no such number (NaN, infinities, out of range). */
      readonly encodedAsText: number;
      /** The offset in the document of the first of them, for `fieldPathAt`; -1: there is none. */
      readonly textAt: number;
      /** Defaulted fields of an unexpected type, such as `trades` that is a map. They are stored unchanged. */
      readonly warnings: readonly FieldWarning[];
      /** True if `data` was compressed because the item was over the limit. */
      readonly compressed: boolean;
    }
  | { readonly ok: false; readonly code: ErrorCode; readonly message: string };

export interface FieldWarning {
  readonly field: string;
  readonly expected: 'array' | 'map';
  /** The kind found: `string`, `null`, … */
  readonly found: string;
}
