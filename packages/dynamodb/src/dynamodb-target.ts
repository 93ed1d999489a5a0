import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  type CreateResult,
  type DeleteResult,
  type EncodedItem,
  errorTable,
  type FoundItems,
  type ItemJson,
  type Lease,
  MigrationError,
  type OwnedItemRef,
  type PutResult,
  type ScanPage,
  type ScanRequest,
  type StoredItem,
  storedItemSize,
  type TableDescription,
  type Target,
  withRetries,
  writeUnitsOf,
} from '@migrator/core';
import { createAwsClient } from './aws-client.ts';
import { type Answers, consumedUnits, leftOver } from './answers.ts';
import { emptyKeyBody, type InsertAnswer, insertBatchBody, outcomeOfStatement } from './insert-batch.ts';
import type { Split } from './json-cutter.ts';
import { splitBatchGetResponse, keyOf } from './split-batch-get-response.ts';
import { splitScanResponse } from './split-scan-response.ts';
import type { DynamoDbTargetOptions } from './options.ts';
import {
  deleteItemBody,
  encodeCursor,
  getBatchBody,
  getItemBody,
  putItemBody,
  scanBody,
} from './requests.ts';
import { BufferPool } from './buffer-pool.ts';
import { type RawResponse, type ReadAction, SignedTransport, type WriteAction } from './signed-transport.ts';
import { TableTags } from './table-tags.ts';
import { Table } from './table.ts';
import { targetError } from './target-errors.ts';

const keysPerBatchGet = 100;
/** Milliseconds for a write in flight to complete after an abort. */
const writeGraceMs = 1_000;

/**
 * The DynamoDB table as the target of a migration. Sends nothing and resolves no credentials before the first call.
 * `memory`: the pool for request bodies; a new one by default.
 */
export function createDynamoDbTarget(options: DynamoDbTargetOptions, memory = new BufferPool()): Target {
  return new DynamoDbTarget(options, memory);
}

class DynamoDbTarget implements Target {
  readonly #options: DynamoDbTargetOptions;
  readonly #client: DynamoDBClient;
  readonly #transport: SignedTransport;
  readonly #table: Table;
  readonly #tags: TableTags;
  readonly #memory: BufferPool;
  readonly #bodies;
  /**
   * The error that showed that batches of inserts are not available, and the `migratedAt` of the run that met it. The
   * next run tries again: a probe of another process may have found that they are permitted now.
   */
  #cannotCreate: { readonly error: unknown; readonly run: string | undefined } | undefined;

  constructor(options: DynamoDbTargetOptions, memory: BufferPool) {
    const { tableName } = options;
    this.#memory = memory;
    this.#options = options;
    this.#client = createAwsClient(options);
    this.#transport = new SignedTransport(this.#client, options);
    this.#table = new Table(this.#client, options);
    this.#tags = new TableTags(this.#transport, (signal) => this.#table.arn(signal), options);
    this.#bodies = {
      putItem: putItemBody(tableName),
      insertBatch: insertBatchBody(tableName),
      deleteItem: deleteItemBody(tableName),
      getItem: getItemBody(tableName),
      getBatch: getBatchBody(tableName),
      scan: scanBody(tableName),
    };
  }

  async putOwned(item: EncodedItem, lease: Lease, signal?: AbortSignal): Promise<PutResult> {
    const answer = await this.#withRetries('PutItem', signal, () => this.#put(item, lease, signal));
    if (answer.conditionFailed) {
      const stored = await this.#storedAfterRefusal(answer.json, item.dateKey, signal);
      const writeUnits = this.#used('write', writeUnitsOf(stored === undefined ? 0 : storedItemSize(stored)));
      return { outcome: 'refused', stored, writeUnits };
    }
    const { Attributes, ConsumedCapacity } = answer.json as Answers['PutItem'];
    const writeUnits = this.#used('write', consumedUnits(ConsumedCapacity, writeUnitsOf(item.size)));
    return { outcome: 'written', replaced: Attributes, writeUnits };
  }

  async createItems(
    items: readonly EncodedItem[],
    lease: Lease,
    signal?: AbortSignal,
  ): Promise<CreateResult> {
    const run = items[0]?.migratedAt;
    if (this.#cannotCreate !== undefined && this.#cannotCreate.run === run) throw this.#cannotCreate.error;
    const created = items.map(() => false);
    let writeUnits = 0;
    let waiting = items.map((_, index) => index);
    try {
      await this.#withRetries('BatchExecuteStatement', signal, async (progressed) => {
        const sent = waiting.map((index) => items[index]!);
        const { Responses = [], ConsumedCapacity } = await this.#insert(sent, lease, signal);
        let unitsBySize = 0;
        const left = { throttled: [] as number[], unknown: [] as number[], 'access-denied': [] as number[] };
        for (const [at, index] of waiting.entries()) {
          const outcome = outcomeOfStatement(Responses[at]);
          if (outcome === 'created') created[index] = true;
          if (outcome === 'created' || outcome === 'not-created')
            unitsBySize += outcome === 'created' ? writeUnitsOf(items[index]!.size) : 1;
          else left[outcome].push(index);
        }
        writeUnits += this.#used('write', consumedUnits(ConsumedCapacity, unitsBySize));
        if (left['access-denied'].length > 0) throw this.#insertsDenied();
        const again = [...left.throttled, ...left.unknown];
        if (again.length < waiting.length) progressed();
        waiting = again;
        if (left.throttled.length > 0) throw leftOver(left.throttled.length, this.#options.tableName);
        if (left.unknown.length > 0)
          throw new MigrationError(
            'TARGET_UNAVAILABLE',
            'DynamoDB did not answer all statements of a batch.',
          );
      });
    } catch (error) {
      const code = MigrationError.codeOf(error);
      if (code === 'NOT_SUPPORTED' || code === 'ACCESS_DENIED') this.#cannotCreate = { error, run };
      // One item caused the rejection of the whole request, and the response does not say which.
      if (errorTable[code].onExhausted !== 'fail-entry') throw error;
    }
    return { created, writeUnits };
  }

  async whyNoBatches(signal?: AbortSignal): Promise<string | undefined> {
    try {
      // No item may have an empty key, so an authorized statement is rejected without a write.
      const body = emptyKeyBody(this.#options.tableName);
      const { json } = await this.#withRetries('BatchExecuteStatement', signal, () =>
        this.#transport.send({ action: 'BatchExecuteStatement', body, lease: harmless, signal }),
      );
      const [answer] = (json as InsertAnswer).Responses ?? [];
      if (outcomeOfStatement(answer) === 'access-denied') throw this.#insertsDenied();
    } catch (error) {
      const code = MigrationError.codeOf(error);
      if (error instanceof MigrationError && (code === 'NOT_SUPPORTED' || code === 'ACCESS_DENIED'))
        return error.message;
      if (errorTable[code].onExhausted !== 'fail-entry') throw error;
    }
    // The permission may have been granted since.
    this.#cannotCreate = undefined;
    return undefined;
  }

  async getItems(dateKeys: readonly string[], signal?: AbortSignal): Promise<FoundItems> {
    let items = new Map<string, ItemJson>();
    const memories: ArrayBuffer[] = [];
    let readUnits = 0;
    const distinct = [...new Set(dateKeys)];
    for (let at = 0; at < distinct.length; at += keysPerBatchGet) {
      let waiting = distinct.slice(at, at + keysPerBatchGet);
      await this.#withRetries('BatchGetItem', signal, async (progressed) => {
        // Keys are unprocessed because the response would be too large, which needs no wait, or because of
        // throttling.
        while (waiting.length > 0) {
          const body = this.#bodies.getBatch(waiting);
          const { json } = await this.#transport.send({
            action: 'BatchGetItem',
            body,
            signal,
            read: splitBatchGetResponse,
          });
          const { items: found, rest, memory } = json as Split<Map<string, ItemJson>>;
          if (items.size === 0) items = found;
          else for (const [key, item] of found) items.set(key, item);
          if (memory !== undefined) memories.push(memory);
          const { UnprocessedKeys, ConsumedCapacity } = rest as Answers['BatchGetItem'];
          readUnits += this.#used('read', consumedUnits(ConsumedCapacity, waiting.length));
          const unprocessed = Object.values(UnprocessedKeys ?? {}).flatMap(({ Keys }) => Keys.map(keyOf));
          if (unprocessed.length >= waiting.length) throw leftOver(waiting.length, this.#options.tableName);
          waiting = unprocessed;
          progressed();
        }
      });
    }
    return { items, readUnits, free: () => memories.splice(0).forEach(free) };
  }

  async deleteOwned(ref: OwnedItemRef, lease: Lease, signal?: AbortSignal): Promise<DeleteResult> {
    const body = this.#bodies.deleteItem(ref);
    let mayBeDone = false;
    const answer = await this.#withRetries('DeleteItem', signal, async () => {
      try {
        return await this.#write('DeleteItem', body, lease, signal);
      } catch (error) {
        mayBeDone ||= MigrationError.codeOf(error) === 'TARGET_UNAVAILABLE';
        throw error;
      }
    });
    if (!answer.conditionFailed) {
      const { ConsumedCapacity } = answer.json as Answers['DeleteItem'];
      return { outcome: 'deleted', writeUnits: this.#used('write', consumedUnits(ConsumedCapacity, 1)) };
    }
    const stored = await this.#storedAfterRefusal(answer.json, ref.dateKey, signal);
    const writeUnits = this.#used('write', writeUnitsOf(stored === undefined ? 0 : storedItemSize(stored)));
    // An earlier try without a response has probably deleted it.
    if (stored === undefined && mayBeDone) return { outcome: 'deleted', writeUnits };
    return { outcome: 'refused', stored, writeUnits };
  }

  async scan(request: ScanRequest): Promise<ScanPage> {
    const { signal } = request;
    const call = {
      action: 'Scan',
      body: this.#bodies.scan(request),
      signal,
      read: splitScanResponse,
    } as const;
    const { json } = await this.#withRetries('Scan', signal, () => this.#transport.send(call));
    const { items, rest, memory } = json as Split<ItemJson[]>;
    const { LastEvaluatedKey, ConsumedCapacity } = rest as Answers['Scan'];
    return {
      items,
      readUnits: this.#used('read', consumedUnits(ConsumedCapacity, items.length)),
      cursor: LastEvaluatedKey === undefined ? undefined : encodeCursor(LastEvaluatedKey),
      free: memory && (() => free(memory)),
    };
  }

  async isEmpty(signal?: AbortSignal): Promise<boolean> {
    const first = {
      segment: 0,
      totalSegments: 1,
      keysOnly: true,
      limit: 1,
      signal,
    };
    let page = await this.scan(first);
    while (page.items.length === 0 && page.cursor !== undefined) {
      page = await this.scan({ ...first, cursor: page.cursor });
    }
    return page.items.length === 0;
  }

  async preflight(signal?: AbortSignal): Promise<TableDescription> {
    return await this.#table.preflight(signal);
  }

  async describe(signal?: AbortSignal): Promise<TableDescription> {
    return await this.#table.describe(signal);
  }

  async readTags(prefix: string, signal?: AbortSignal): Promise<ReadonlyMap<string, string>> {
    return await this.#tags.read(prefix, signal);
  }

  async writeTag(key: string, value: string, lease: Lease, signal?: AbortSignal): Promise<void> {
    await this.#tags.write(key, value, lease, signal);
  }

  async close(): Promise<void> {
    await this.#transport.close();
    this.#client.destroy();
  }

  /** The stored item after a failed condition: from the response, or read if the service does not return it. */
  async #storedAfterRefusal(
    json: unknown,
    dateKey: string,
    signal: AbortSignal | undefined,
  ): Promise<StoredItem | undefined> {
    const { Item } = json as { Item?: StoredItem };
    if (Item !== undefined) return Item;
    const answer = await this.#retrying('GetItem', this.#bodies.getItem(dateKey), signal);
    const found = answer.json as Answers['GetItem'];
    this.#used('read', consumedUnits(found.ConsumedCapacity, 1));
    return found.Item;
  }

  async #retrying(action: ReadAction, body: Buffer, signal: AbortSignal | undefined): Promise<RawResponse> {
    return await this.#withRetries(action, signal, () => this.#transport.send({ action, body, signal }));
  }

  /**
   * A write in flight when the signal aborts gets a grace period: if it were cut off at once its outcome would be
   * unknown and could not be counted.
   */
  #write(
    action: WriteAction,
    body: Buffer,
    lease: Lease,
    signal: AbortSignal | undefined,
  ): Promise<RawResponse> {
    return this.#transport.send({ action, body, lease, signal, graceMs: writeGraceMs });
  }

  /** Each try has its own body, which is reused only after a successful response. */
  async #put(item: EncodedItem, lease: Lease, signal: AbortSignal | undefined): Promise<RawResponse> {
    const { body, memory } = this.#bodies.putItem(item, this.#memory);
    const answer = await this.#write('PutItem', body, lease, signal);
    if (!answer.conditionFailed) this.#memory.giveBack(memory);
    return answer;
  }

  async #insert(
    items: readonly EncodedItem[],
    lease: Lease,
    signal: AbortSignal | undefined,
  ): Promise<InsertAnswer> {
    const { body, memory } = this.#bodies.insertBatch(items, this.#memory);
    const answer = await this.#write('BatchExecuteStatement', body, lease, signal);
    this.#memory.giveBack(memory);
    return answer.json as InsertAnswer;
  }

  #insertsDenied(): MigrationError {
    const { tableName } = this.#options;
    const serviceError = { name: 'AccessDenied', message: 'of a statement', httpStatus: 200 };
    return targetError(serviceError, { action: 'BatchExecuteStatement', tableName });
  }

  #withRetries<T>(
    action: ReadAction | WriteAction,
    signal: AbortSignal | undefined,
    work: (progressed: () => void) => Promise<T>,
  ): Promise<T> {
    const operation = `${action} on table "${this.#options.tableName}"`;
    return withRetries(work, { operation, signal, onRetry: this.#options.onRetry });
  }

  #used(kind: 'read' | 'write', units: number): number {
    this.#options.onCapacity?.(kind, units);
    return units;
  }
}

/** The lease of a request that writes nothing. */
const harmless: Lease = { require: () => undefined };

/** Frees the memory of an ArrayBuffer by transferring it to an empty one. */
function free(memory: ArrayBuffer): void {
  if (!memory.detached) memory.transfer(0);
}
