import type { Lease } from './lease.ts';
import type { EntryRef } from './source.ts';

/** An attribute in DynamoDB's JSON. `B` is base64. Sets are included because a foreign item may hold them. */
export type StoredAttribute =
  | { readonly S: string }
  | { readonly N: string }
  | { readonly B: string }
  | { readonly BOOL: boolean }
  | { readonly NULL: boolean }
  | { readonly M: { readonly [name: string]: StoredAttribute } }
  | { readonly L: readonly StoredAttribute[] }
  | { readonly SS: readonly string[] }
  | { readonly NS: readonly string[] }
  | { readonly BS: readonly string[] };

export type StoredItem = { readonly [name: string]: StoredAttribute };

/** A stored item as DynamoDB sent it, in UTF-8: `parseItem` makes an item of it where one is needed. */
export type ItemJson = Uint8Array;

export interface FoundItems {
  /** By their keys. */
  readonly items: ReadonlyMap<string, ItemJson>;
  readonly readUnits: number;
  /**
   * Gives back the memory that the items lie in, for callers that never read them again. Without the call it is left to the
   * collector, which finds it late: memory outside of the heap is mostly found by collections of the whole heap.
   */
  readonly free?: () => void;
}

/** An item ready to be sent. Same entry, same run: same bytes. */
export interface EncodedItem extends EntryRef {
  readonly dateKey: string;
  readonly migratedAt: string;
  readonly originalTimestamp: string;
  /**
   * The whole item as DynamoDB JSON text in UTF-8: `{"dateKey":{"S":…},"data":{"M":…},"updatedAt":{"S":…}}`. It may lie in
   * memory that is used again (ItemArena): a target that needs it when its call is over takes a copy.
   */
  readonly json: Uint8Array;
  /** Bytes as DynamoDB counts an item, never less than the service would. */
  readonly size: number;
}

export type PutResult =
  /** `replaced` is the item that was there before (its condition allowed it), absent where there was none. */
  | { readonly outcome: 'written'; readonly replaced?: StoredItem; readonly writeUnits: number }
  /** The condition failed; `stored` is what is there now, absent if it vanished in between. */
  | { readonly outcome: 'refused'; readonly stored?: StoredItem; readonly writeUnits: number };

export interface CreateResult {
  /** For each item, in their order, whether it was created. */
  readonly created: readonly boolean[];
  /** Of the whole request. */
  readonly writeUnits: number;
}

export type DeleteResult =
  | { readonly outcome: 'deleted'; readonly writeUnits: number }
  | { readonly outcome: 'refused'; readonly stored?: StoredItem; readonly writeUnits: number };

/** What a delete's condition demands beside ownership. */
export interface OwnedItemRef extends EntryRef {
  readonly dateKey: string;
  /** Delete only if the item is of this run; absent: of any. */
  readonly migratedAt?: string;
}

export interface ScanRequest {
  readonly segment: number;
  readonly totalSegments: number;
  /** Opaque, from the page before. */
  readonly cursor?: string;
  /** Only the key, `updatedAt` and data's userId, date and metadata, to save memory and parsing. */
  readonly keysOnly?: boolean;
  readonly limit?: number;
  readonly signal?: AbortSignal;
}

export interface ScanPage {
  readonly items: readonly StoredItem[];
  /** Absent on the last page of the segment. */
  readonly cursor?: string;
  readonly readUnits: number;
}

export interface TableDescription {
  readonly itemCount: number;
  readonly sizeBytes: number;
  /** The AWS account that it belongs to, where the service says so. */
  readonly account?: string;
  /** Absent for an on-demand table. */
  readonly provisionedWriteUnits?: number;
}

/** DynamoDB's own limit. */
export const maxItemsPerBatch = 25;

/**
 * The DynamoDB table. Every method retries what core's retry table says, then throws a MigrationError. What writes is sent
 * only as long as its lease holds, each repetition too; then it throws LEASE_EXPIRED.
 */
export interface Target {
  /** Writes on the whole ownership condition (core: ownership). */
  putOwned(item: EncodedItem, lease: Lease, signal?: AbortSignal): Promise<PutResult>;
  /**
   * Creates items, `maxItemsPerBatch` at most, in one request; each only where no item has its key. What is not known to be created
   * (an item is there, the service refuses this one, or it refuses the whole request because of one) is left to
   * `putOwned`, which decides and says why. Throws NOT_SUPPORTED or ACCESS_DENIED where the service has no such request
   * or the identity in use may not make it.
   */
  createItems(items: readonly EncodedItem[], lease: Lease, signal?: AbortSignal): Promise<CreateResult>;
  /** Why `createItems` can't be used, in a sentence; undefined where it can. Writes nothing. */
  whyNoBatches(signal?: AbortSignal): Promise<string | undefined>;
  /** Strongly consistent; keys without an item are absent from the answer. Any number of keys. */
  getItems(dateKeys: readonly string[], signal?: AbortSignal): Promise<FoundItems>;
  deleteOwned(item: OwnedItemRef, lease: Lease, signal?: AbortSignal): Promise<DeleteResult>;
  /** Strongly consistent. */
  scan(request: ScanRequest): Promise<ScanPage>;
  isEmpty(signal?: AbortSignal): Promise<boolean>;
  /** Throws unless the table exists with `dateKey` (String) as its only key; creates it first where allowed. */
  preflight(signal?: AbortSignal): Promise<TableDescription>;
  /** As `preflight`, and never creates it. */
  describe(signal?: AbortSignal): Promise<TableDescription>;
  /**
   * Short texts that are kept with the table and end with it; no scan or query shows them. Here those whose key begins with
   * `prefix`. Throws NOT_SUPPORTED where the service has none.
   */
  readTags(prefix: string, signal?: AbortSignal): Promise<ReadonlyMap<string, string>>;
  /** At most 128 characters of key and 256 of value: letters, digits, spaces and `+-=._:/@`. Replaces what is there. */
  writeTag(key: string, value: string, lease: Lease, signal?: AbortSignal): Promise<void>;
  close(): Promise<void>;
}
