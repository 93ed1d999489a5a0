import {
  abortedError,
  type EntryBatch,
  type EntryPage,
  type EntryRef,
  type ListedDay,
  type ListedUser,
  type ReadPageRequest,
  type Source,
  type SourceBinding,
  type SourceEntry,
  type UserPage,
} from '@migrator/core';

import { BackupFile } from './backup-file.ts';
import { BackupIndex, type KeyedLine } from './backup-index.ts';
import { databaseOf, parseEntryLine, type UserEnd } from './backup-lines.ts';
import { MemberCache } from './member-cache.ts';
import { type BackupSummary, verifyBackup, type VerifyOptions } from './verify-backup.ts';
import { withoutFields } from './without-fields.ts';

/**
 * Opens a backup file as the source of a migration. Verifies it first: rejects with BACKUP_INVALID. Its binding is
 * that of the backed-up Firestore.
 */
export async function openBackupSource(
  path: string,
  options: Pick<VerifyOptions, 'signal' | 'onProgress'> = {},
): Promise<BackupSource> {
  const index = new BackupIndex();
  const summary = await verifyBackup(path, {
    ...options,
    onMember: (member, first) => index.add(member, first),
  });
  return new BackupSource(await BackupFile.open(path), index, summary);
}

/** Sorts before every valid id. */
const beforeAllDates = '__id-9223372036854775809__';

type Signalled = { readonly signal?: AbortSignal | undefined };

export class BackupSource implements Source {
  readonly binding: SourceBinding;
  readonly summary: BackupSummary;
  readonly #file: BackupFile;
  readonly #members: MemberCache;

  constructor(file: BackupFile, index: BackupIndex, summary: BackupSummary) {
    this.#file = file;
    this.#members = new MemberCache(file, index);
    this.summary = summary;
    this.binding = summary.header.source;
  }

  /** The token is the id of the last user. */
  async listUsers(request: { pageSize: number; pageToken?: string } & Signalled): Promise<UserPage> {
    const { pageSize, pageToken, signal } = request;
    const users: ListedUser[] = [];
    let last = pageToken;
    while (users.length < pageSize) {
      this.#requireGoing(signal);
      const userId = await this.#userAfter(last);
      if (userId === undefined) return { users };
      const { missing } = await this.#endOf(userId);
      users.push({ userId, missing });
      last = userId;
    }
    const more = (await this.#userAfter(last)) !== undefined;
    return more && last !== undefined ? { users, nextPageToken: last } : { users };
  }

  async countEntries(signal?: AbortSignal): Promise<number> {
    this.#requireGoing(signal);
    return this.summary.trailer.entries;
  }

  async hasEntries(signal?: AbortSignal): Promise<boolean> {
    return (await this.countEntries(signal)) > 0;
  }

  async countUserEntries(userId: string, signal?: AbortSignal): Promise<number> {
    this.#requireGoing(signal);
    return (await this.#endOf(userId)).entries;
  }

  async readPage({ userId, after, limit, maxBytes, signal }: ReadPageRequest): Promise<EntryPage> {
    const entries: SourceEntry[] = [];
    let bytes = 0;
    for await (const line of this.#entriesAfter(userId, after, signal)) {
      if (entries.length >= limit || (bytes >= maxBytes && entries.length > 0))
        return { entries, more: true };
      const entry = entryOf(line);
      entries.push(entry);
      bytes += entry.document.length;
    }
    return { entries, more: false };
  }

  async listDates({ userId, after, limit, signal }: Omit<ReadPageRequest, 'maxBytes'>): Promise<{
    readonly dates: readonly string[];
    readonly more: boolean;
  }> {
    const dates: string[] = [];
    for await (const { date } of this.#entriesAfter(userId, after, signal)) {
      if (dates.length >= limit) return { dates, more: true };
      dates.push(date!);
    }
    return { dates, more: false };
  }

  async readBatch(
    refs: readonly EntryRef[],
    { maxBytes, signal }: { readonly maxBytes: number } & Signalled,
  ): Promise<EntryBatch> {
    const entries: SourceEntry[] = [];
    let bytes = 0;
    for (const [index, ref] of refs.entries()) {
      this.#requireGoing(signal);
      const line = await this.#members.find(ref);
      if (line === undefined) continue;
      const entry = entryOf(line);
      entries.push(entry);
      bytes += entry.document.length;
      if (bytes >= maxBytes) return { entries, rest: refs.slice(index + 1) };
    }
    return { entries, rest: [] };
  }

  async readEntries(
    refs: readonly EntryRef[],
    { keysOnly = false, signal }: { keysOnly?: boolean } & Signalled = {},
  ): Promise<readonly SourceEntry[]> {
    this.#requireGoing(signal);
    const { entries } = await this.readBatch(refs, { maxBytes: Number.POSITIVE_INFINITY, signal });
    if (!keysOnly) return entries;
    return entries.map((entry) => ({ ...entry, document: withoutFields(entry.document) }));
  }

  async listDays(userId: string, { limit, signal }: { limit: number } & Signalled): Promise<ListedDay[]> {
    const { dates } = await this.listDates({ userId, limit, signal });
    return dates.map((date) => ({ date, missing: false }));
  }

  /** A backup has no subcollections. */
  async listSubcollections(): Promise<readonly string[]> {
    return [];
  }

  describe(): string {
    const { documents, collections } = databaseOf(this.binding);
    return `${documents}/${collections.users}/{userId}/${collections.journal}/{date} of the backup ${this.#file.path}`;
  }

  async close(): Promise<void> {
    await this.#file.close();
  }

  async *#entriesAfter(
    userId: string,
    after: string | undefined,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<KeyedLine, void> {
    this.#requireGoing(signal);
    for await (const line of this.#members.linesAfter({ userId, date: after ?? beforeAllDates })) {
      if (line.userId !== userId || line.date === undefined) return;
      this.#requireGoing(signal);
      yield line;
    }
  }

  async #userAfter(userId: string | undefined): Promise<string | undefined> {
    const lines = this.#members.linesAfter(userId === undefined ? undefined : { userId });
    const next = await lines.next();
    return next.done === true ? undefined : next.value.userId;
  }

  async #endOf(userId: string): Promise<Pick<UserEnd, 'missing' | 'entries'>> {
    const line = await this.#members.find({ userId });
    if (line === undefined) return { missing: true, entries: 0 };
    return JSON.parse(line.bytes.toString()) as UserEnd;
  }

  #requireGoing(signal: AbortSignal | undefined): void {
    if (signal?.aborted === true) throw abortedError(`read ${this.#file.path}`, signal);
  }
}

function entryOf(line: KeyedLine): SourceEntry {
  return parseEntryLine(line.bytes.toString());
}
