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

/** A stored item as DynamoDB sent it: JSON in UTF-8. `parseItem` decodes it. */
export type ItemJson = Uint8Array;

export interface FoundItems {
  /** By their keys. */
  readonly items: ReadonlyMap<string, ItemJson>;
  readonly readUnits: number;
  /**
   * Frees the memory of the items; call it when they are no longer read. Optional: without the call the garbage
   * collector frees it, but late, because memory outside the heap waits for a full collection.
   */
  readonly free?: () => void;
}

/** An item ready to be sent. The same entry in the same run gives the same bytes. */
export interface EncodedItem extends EntryRef {
  readonly dateKey: string;
  readonly migratedAt: string;
  readonly originalTimestamp: string;
  /**
   * The whole item as DynamoDB JSON text in UTF-8: `{"dateKey":{"S":…},"data":{"M":…},"updatedAt":{"S":…}}`. It may lie in
   * memory that is used again (ItemArena): a target that needs it when its call is over takes a copy.
   */
  readonly json: Uint8Array;
  /** The item's size in bytes as DynamoDB counts it, never less than the service would. */
  readonly size: number;
}

export type PutResult =
  /** `replaced`: the item that was overwritten; absent if there was none. */
  | { readonly outcome: 'written'; readonly replaced?: StoredItem; readonly writeUnits: number }
  /** The condition failed; `stored`: the item that exists now; absent if it was deleted meanwhile. */
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

/** What a delete's condition requires in addition to ownership. */
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
  readonly items: readonly ItemJson[];
  /** Absent on the last page of the segment. */
  readonly cursor?: string;
  readonly readUnits: number;
  /** As of `FoundItems`. */
  readonly free?: () => void;
}

export interface TableDescription {
  readonly itemCount: number;
  readonly sizeBytes: number;
  /** The table's AWS account, if the service returns it. */
  readonly account?: string;
  /** Absent for an on-demand table. */
  readonly provisionedWriteUnits?: number;
}

/** DynamoDB's own limit. */
export const maxItemsPerBatch = 25;

/**
 * The DynamoDB table. Every method retries as `errorTable` says, then rejects with a MigrationError. Each write and
 * each retry of it is sent only while its lease holds; otherwise it rejects with LEASE_EXPIRED.
 */
export interface Target {
  /** Puts the item with the ownership condition (`putCondition`). */
  putOwned(item: EncodedItem, lease: Lease, signal?: AbortSignal): Promise<PutResult>;
  /**
   * Creates up to `maxItemsPerBatch` items in one request, each only if no item has its key. Use `putOwned` for those
   * not created: it finds out why (an item exists, or the service rejects this item or the whole request). Rejects
   * with NOT_SUPPORTED if the service has no such request, with ACCESS_DENIED if the identity may not use it.
   */
  createItems(items: readonly EncodedItem[], lease: Lease, signal?: AbortSignal): Promise<CreateResult>;
  /** A sentence why `createItems` can't be used; undefined if it can. Writes nothing. */
  whyNoBatches(signal?: AbortSignal): Promise<string | undefined>;
  /** Strongly consistent reads of any number of keys. Keys without an item are absent from the result. */
  getItems(dateKeys: readonly string[], signal?: AbortSignal): Promise<FoundItems>;
  deleteOwned(item: OwnedItemRef, lease: Lease, signal?: AbortSignal): Promise<DeleteResult>;
  /** Strongly consistent. */
  scan(request: ScanRequest): Promise<ScanPage>;
  isEmpty(signal?: AbortSignal): Promise<boolean>;
  /** Rejects unless the table has `dateKey` (String) as its only key. Creates a missing table if configured to. */
  preflight(signal?: AbortSignal): Promise<TableDescription>;
  /** As `preflight`, but never creates the table. */
  describe(signal?: AbortSignal): Promise<TableDescription>;
  /** The table's tags whose key begins with `prefix`. Rejects with NOT_SUPPORTED if the service has no tags. */
  readTags(prefix: string, signal?: AbortSignal): Promise<ReadonlyMap<string, string>>;
  /**
   * Sets a tag, replacing an older value. At most 128 characters of key and 256 of value: letters, digits, spaces and
   * `+-=._:/@`.
   */
  writeTag(key: string, value: string, lease: Lease, signal?: AbortSignal): Promise<void>;
  close(): Promise<void>;
}
