import type { ErrorCode } from '../error-codes.ts';
import type { EncodedItem } from '../ports/target.ts';
import type { ItemArena } from './item-arena.ts';

export interface MappingOptions {
  /** The start of the run, ISO 8601 in UTC, three digits. */
  readonly migratedAt: string;
  /** What becomes of an entry over DynamoDB's 400 KB. */
  readonly oversize: 'fail' | 'gzip';
  /** Where the item's bytes go: they last until it is given back. Without one they last as long as the item. */
  readonly arena?: ItemArena;
}

/** What became of one entry's bytes: an item, or the reason why it can't be one. */
export type MappedEntry =
  | {
      readonly ok: true;
      readonly item: EncodedItem;
      /** Values that DynamoDB has no number for and that are carried as text (NaN, infinities, out of range). */
      readonly encodedAsText: number;
      /** Guide's fields whose type is not the guide's, such as `trades` that is a map. Carried as they are. */
      readonly warnings: readonly FieldWarning[];
      /** True where `data` was compressed because the item was over the limit. */
      readonly compressed: boolean;
    }
  | { readonly ok: false; readonly code: ErrorCode; readonly message: string };

export interface FieldWarning {
  readonly field: string;
  readonly expected: 'array' | 'map';
  /** The kind found: `string`, `null`, … */
  readonly found: string;
}
