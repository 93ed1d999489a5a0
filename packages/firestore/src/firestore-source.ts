import {
  type EntryBatch,
  type EntryPage,
  type EntryRef,
  type ListedDay,
  type ListedUser,
  MigrationError,
  type ReadPageRequest,
  type Source,
  type SourceBinding,
  type SourceEntry,
  type UserPage,
  type OnRetry,
  withRetries,
} from '@migrator/core';
import { type Call, Connection } from './connection.ts';
import { Database, entryRefOf } from './database.ts';
import { emulatorCredentials, googleCredentials } from './google-credentials.ts';
import type { FirestoreSourceOptions } from './options.ts';
import {
  batchGetRequest,
  countRequest,
  listCollectionIdsRequest,
  listDocumentsRequest,
  runQueryRequest,
} from './requests.ts';
import {
  aggregateCount,
  answeredDocument,
  type AnsweredDocument,
  listedCollectionIds,
  listedDocuments,
  nameOf,
} from './responses.ts';

/** The time limit of a page, or of the count of a collection group. */
const readTimeoutMs = 60_000;
const listTimeoutMs = 15_000;
/** Names in one call: even with ids of 1,500 bytes well below the limit of 10 MiB for a request. */
const namesPerCall = 300;
const collectionIdsPage = 100;

/** Firestore as the source of a migration. Rejects with SOURCE_NOT_FOUND if no project is configured. */
export async function createFirestoreSource(options: FirestoreSourceOptions = {}): Promise<Source> {
  const credentials =
    options.emulatorHost === undefined ? googleCredentials(options.keyFile) : emulatorCredentials;
  const projectId = options.projectId ?? (await credentials.projectId());
  if (projectId === undefined) {
    throw new MigrationError(
      'SOURCE_NOT_FOUND',
      'No Google Cloud project is configured: set GOOGLE_CLOUD_PROJECT, or use a service account key file, which names it.',
    );
  }
  const database = new Database(projectId, options.databaseId ?? '(default)', {
    users: options.usersCollection ?? 'users',
    journal: options.journalCollection ?? 'trading-journal',
  });
  const connection = new Connection({ emulatorHost: options.emulatorHost, credentials });
  const binding: SourceBinding = {
    project: projectId,
    database: options.databaseId ?? '(default)',
    emulator: options.emulatorHost,
    usersCollection: database.collections.users,
    journalCollection: database.collections.journal,
  };
  return new FirestoreSource(database, binding, connection, options.onRetry);
}

interface ListRequest {
  readonly pageSize: number;
  readonly pageToken?: string;
  readonly signal?: AbortSignal;
}

class FirestoreSource implements Source {
  readonly #database: Database;
  readonly #connection: Connection;
  readonly #onRetry: OnRetry | undefined;
  readonly binding: SourceBinding;
  /** The number of users that fit into one response, if fewer than requested. */
  #largestUserPage = Number.POSITIVE_INFINITY;

  constructor(
    database: Database,
    binding: SourceBinding,
    connection: Connection,
    onRetry: OnRetry | undefined,
  ) {
    this.#database = database;
    this.binding = binding;
    this.#connection = connection;
    this.#onRetry = onRetry;
  }

  async listUsers(request: ListRequest): Promise<UserPage> {
    if (request.pageToken === undefined) this.#largestUserPage = Number.POSITIVE_INFINITY;
    const { documents, collections } = this.#database;
    const pageSize = Math.min(request.pageSize, this.#largestUserPage);
    const page = await this.#listDocuments(documents, collections.users, { ...request, pageSize });
    if (page.pageSize < pageSize) this.#largestUserPage = page.pageSize;
    const users = page.documents.map(({ id, updateTime }): ListedUser => ({
      userId: id,
      missing: updateTime === undefined,
    }));
    return { users, nextPageToken: page.nextPageToken === '' ? undefined : page.nextPageToken };
  }

  async countEntries(signal?: AbortSignal): Promise<number> {
    return await this.#count(this.#database.documents, signal, this.#database.belowUsers());
  }

  async hasEntries(signal?: AbortSignal): Promise<boolean> {
    return (await this.#count(this.#database.documents, signal, this.#database.belowUsers(), 1)) > 0;
  }

  async countUserEntries(userId: string, signal?: AbortSignal): Promise<number> {
    return await this.#count(this.#database.user(userId), signal);
  }

  async readPage(page: ReadPageRequest): Promise<EntryPage> {
    const { userId, limit, maxBytes, signal } = page;
    const parent = this.#database.user(userId);
    const collectionId = this.#database.collections.journal;
    const entries: SourceEntry[] = [];
    let bytes = 0;
    const call = { ...this.#under(parent, collectionId, signal), method: 'RunQuery' as const };

    const read = this.#retrying(call, async (progressed) => {
      // A page that broke off continues after the last document, so that no read is billed twice.
      const last = entries.at(-1)?.date ?? page.after;
      const wanted = limit - entries.length;
      if (wanted <= 0) return { entries, more: true };
      const request = runQueryRequest({
        parent,
        collectionId,
        after: last === undefined ? undefined : this.#database.entry({ userId, date: last }),
        limit: wanted,
      });
      const complete = await this.#connection.stream({ ...call, request }, (message) => {
        const found = answeredDocument(message);
        if (found === undefined) return true;
        const { document, id: date } = found;
        entries.push({ userId, date, updateTime: updateTimeOf(found), document });
        progressed();
        bytes += document.length;
        return bytes < maxBytes;
      });
      return { entries, more: !complete || entries.length >= limit };
    });
    try {
      return await read;
    } catch (error) {
      if (entries.length > 0 && MigrationError.codeOf(error) === 'SOURCE_UNAVAILABLE') {
        return { entries, more: true };
      }
      throw error;
    }
  }

  async listDates(
    page: Omit<ReadPageRequest, 'maxBytes'>,
  ): Promise<{ readonly dates: readonly string[]; readonly more: boolean }> {
    const { userId, after, limit, signal } = page;
    const parent = this.#database.user(userId);
    const collectionId = this.#database.collections.journal;
    const from = after === undefined ? undefined : this.#database.entry({ userId, date: after });
    const request = runQueryRequest({ parent, collectionId, after: from, limit, keysOnly: true });
    const call: Call = { ...this.#under(parent, collectionId, signal), method: 'RunQuery', request };
    return await this.#retrying(call, async () => {
      const dates: string[] = [];
      await this.#connection.stream(call, (message) => {
        const found = answeredDocument(message);
        if (found !== undefined) dates.push(found.id);
        return true;
      });
      return { dates, more: dates.length >= limit };
    });
  }

  async readBatch(
    refs: readonly EntryRef[],
    { maxBytes, signal }: { readonly maxBytes: number; readonly signal?: AbortSignal },
  ): Promise<EntryBatch> {
    const requested = refs.slice(0, namesPerCall);
    const { entries, complete } = await this.#readEntries(requested, false, signal, maxBytes);
    if (complete) return { entries, rest: refs.slice(namesPerCall) };
    const found = new Set(entries.map(({ userId, date }) => `${userId}/${date}`));
    return { entries, rest: refs.filter(({ userId, date }) => !found.has(`${userId}/${date}`)) };
  }

  async readEntries(
    refs: readonly EntryRef[],
    options: { keysOnly?: boolean; signal?: AbortSignal } = {},
  ): Promise<readonly SourceEntry[]> {
    const { keysOnly = false, signal } = options;
    const found: SourceEntry[] = [];
    for (let at = 0; at < refs.length; at += namesPerCall) {
      const { entries } = await this.#readEntries(refs.slice(at, at + namesPerCall), keysOnly, signal);
      found.push(...entries);
    }
    return found;
  }

  async listDays(
    userId: string,
    options: { limit: number; signal?: AbortSignal },
  ): Promise<readonly ListedDay[]> {
    const parent = this.#database.user(userId);
    const collectionId = this.#database.collections.journal;
    const { limit: pageSize, signal } = options;
    const { documents } = await this.#listDocuments(parent, collectionId, { pageSize, signal });
    return documents.map(({ id, updateTime }) => ({ date: id, missing: updateTime === undefined }));
  }

  async listSubcollections(entry: EntryRef, signal?: AbortSignal): Promise<readonly string[]> {
    const parent = this.#database.entry(entry);
    const call: Call = {
      database: this.#database.name,
      routing: { parent },
      method: 'ListCollectionIds',
      request: listCollectionIdsRequest({ parent, pageSize: collectionIdsPage }),
      timeoutMs: listTimeoutMs,
      path: parent.slice(this.#database.documents.length + 1),
      signal,
    };
    return listedCollectionIds(await this.#unary(call));
  }

  describe(): string {
    const { documents, collections } = this.#database;
    return `${documents}/${collections.users}/{userId}/${collections.journal}/{date}`;
  }

  async close(): Promise<void> {
    this.#connection.close();
  }

  /**
   * Lists names only, including those of missing documents. Google's emulator then ignores the mask and returns whole
   * documents, which may exceed the limit of a message. So the page is halved until it fits: `pageSize` in the result.
   */
  async #listDocuments(
    parent: string,
    collectionId: string,
    { pageSize: largest, pageToken, signal }: ListRequest,
  ): Promise<ReturnType<typeof listedDocuments> & { readonly pageSize: number }> {
    for (let pageSize = largest; ; pageSize = Math.ceil(pageSize / 2)) {
      const call: Call = {
        ...this.#under(parent, collectionId, signal),
        method: 'ListDocuments',
        request: listDocumentsRequest({ parent, collectionId, pageSize, pageToken }),
        timeoutMs: listTimeoutMs,
      };
      try {
        return { ...listedDocuments(await this.#unary(call)), pageSize };
      } catch (error) {
        if (MigrationError.codeOf(error) !== 'SOURCE_MESSAGE_TOO_LARGE' || pageSize === 1) throw error;
      }
    }
  }

  #unary(call: Call): Promise<Buffer> {
    return this.#retrying(call, () => this.#connection.unary(call));
  }

  async #readEntries(
    refs: readonly EntryRef[],
    keysOnly: boolean,
    signal: AbortSignal | undefined,
    maxBytes = Number.POSITIVE_INFINITY,
  ): Promise<{ readonly entries: readonly SourceEntry[]; readonly complete: boolean }> {
    const database = this.#database.name;
    const documents = [...new Set(refs.map((ref) => this.#database.entry(ref)))];
    const call: Call = {
      database,
      routing: { database },
      method: 'BatchGetDocuments',
      request: batchGetRequest({ database, documents, keysOnly }),
      timeoutMs: readTimeoutMs,
      path: this.describe(),
      signal,
    };
    return await this.#retrying(call, async () => {
      const entries: SourceEntry[] = [];
      let bytes = 0;
      const complete = await this.#connection.stream(call, (message) => {
        const answered = answeredDocument(message);
        if (answered === undefined) return true;
        const { document } = answered;
        const ref = entryRefOf(nameOf(document));
        entries.push({ ...ref, updateTime: updateTimeOf(answered), document });
        bytes += document.length;
        return bytes < maxBytes;
      });
      return { entries, complete };
    });
  }

  async #count(
    parent: string,
    signal: AbortSignal | undefined,
    group?: { readonly from: string; readonly before: string },
    upTo?: number,
  ): Promise<number> {
    const collectionId = this.#database.collections.journal;
    const call: Call = {
      ...this.#under(parent, collectionId, signal),
      method: 'RunAggregationQuery',
      request: countRequest({ parent, collectionId, group, upTo }),
    };
    return await this.#retrying(call, async () => {
      let count: number | undefined;
      await this.#connection.stream(call, (message) => {
        count ??= aggregateCount(message);
        return true;
      });
      if (count !== undefined) return count;
      throw new MigrationError(
        'SOURCE_UNAVAILABLE',
        `Firestore ended a count of ${call.path} without a result.`,
      );
    });
  }

  #under(parent: string, collectionId: string, signal: AbortSignal | undefined) {
    return {
      database: this.#database.name,
      routing: { parent },
      timeoutMs: readTimeoutMs,
      path: `${parent}/${collectionId}`.slice(this.#database.documents.length + 1),
      signal,
    };
  }

  async #retrying<T>(
    call: { path: string; signal?: AbortSignal | undefined },
    work: (progressed: () => void) => Promise<T>,
  ): Promise<T> {
    return await withRetries(work, {
      operation: `read ${call.path}`,
      signal: call.signal,
      onRetry: this.#onRetry,
    });
  }
}

function updateTimeOf({ id, updateTime }: AnsweredDocument): string {
  if (updateTime !== undefined) return updateTime;
  throw new MigrationError('MALFORMED_DOCUMENT', `Firestore returned ${id} without its update time.`);
}
