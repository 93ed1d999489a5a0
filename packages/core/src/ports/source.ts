import type { SourceBinding } from '../operations/binding.ts';

/** The path of one entry: `users/{userId}/trading-journal/{date}`. */
export interface EntryRef {
  readonly userId: string;
  readonly date: string;
}

/** One entry as Firestore holds it. */
export interface SourceEntry extends EntryRef {
  /** The document's update time, ISO 8601 in UTC, always six digits: `2026-11-22T09:10:51.123456Z`. */
  readonly updateTime: string;
  /** The encoded `google.firestore.v1.Document`, exactly as it came over gRPC. */
  readonly document: Uint8Array;
}

export interface ListedUser {
  readonly userId: string;
  /** True if the user's document does not exist and only its journal does (a "missing document"). */
  readonly missing: boolean;
}

export interface ListedDay {
  readonly date: string;
  /** True if there is no entry, only documents below it. */
  readonly missing: boolean;
}

export interface UserPage {
  readonly users: readonly ListedUser[];
  /** Absent on the last page. */
  readonly nextPageToken?: string;
}

export interface EntryPage {
  /** Ordered by document id as Firestore orders it. */
  readonly entries: readonly SourceEntry[];
  /** False when the user's last entry is in this page or before it. */
  readonly more: boolean;
}

export interface ReadPageRequest {
  readonly userId: string;
  /** The page starts after this document id; absent: at the first. */
  readonly after?: string;
  /** At most so many entries. */
  readonly limit: number;
  /** The page ends early once its documents reach so many bytes (it always holds one entry if there is one). */
  readonly maxBytes: number;
  readonly signal?: AbortSignal;
}

export interface EntryBatch {
  readonly entries: readonly SourceEntry[];
  /** Entries that were not read, because the byte limit was reached; request them again. */
  readonly rest: readonly EntryRef[];
}

/** Firestore, read only. Every method retries as `errorTable` says, then rejects with a MigrationError. */
export interface Source {
  listUsers(request: { pageSize: number; pageToken?: string; signal?: AbortSignal }): Promise<UserPage>;
  /**
   * The approximate number of entries, for percent and ETA: one aggregate query, billed as a read for every 1,000
   * entries. Counts all collections of that name below users, no others.
   */
  countEntries(signal?: AbortSignal): Promise<number>;
  /** Whether `countEntries` would find any. Costs one read. */
  hasEntries(signal?: AbortSignal): Promise<boolean>;
  countUserEntries(userId: string, signal?: AbortSignal): Promise<number>;
  /**
   * If the stream fails after the last retry, returns the entries so far, if any; the next call then gets the error.
   */
  readPage(request: ReadPageRequest): Promise<EntryPage>;
  /** The ids of a user's entries, in the order of their pages, without reading their documents. */
  listDates(
    request: Omit<ReadPageRequest, 'maxBytes'>,
  ): Promise<{ readonly dates: readonly string[]; readonly more: boolean }>;
  /** The entries that exist, with whole documents, until these reach `maxBytes` (at least one, if there is one). */
  readBatch(
    refs: readonly EntryRef[],
    options: { readonly maxBytes: number; readonly signal?: AbortSignal },
  ): Promise<EntryBatch>;
  /** Those of the entries that exist, in no particular order. `keysOnly`: with documents that hold no fields. */
  readEntries(
    refs: readonly EntryRef[],
    options?: { keysOnly?: boolean; signal?: AbortSignal },
  ): Promise<readonly SourceEntry[]>;
  /**
   * The first days of a user by id, at most `limit`, including those that exist only as parents of other documents.
   */
  listDays(userId: string, options: { limit: number; signal?: AbortSignal }): Promise<readonly ListedDay[]>;
  /** The ids of an entry's subcollections, at most a hundred. */
  listSubcollections(entry: EntryRef, signal?: AbortSignal): Promise<readonly string[]>;
  /** Where entries are looked for, for messages: `projects/p/databases/(default)/documents/users/{userId}/trading-journal/{date}`. */
  describe(): string;
  /** The same, as the binding of operations; with the resolved project. */
  readonly binding: SourceBinding;
  close(): Promise<void>;
}
