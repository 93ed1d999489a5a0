import { setTimeout as delay } from 'node:timers/promises';

import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { BatchGetCommand, DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import { readConfig } from '@migrator/config';
import { backoffDelay, dateKey, isStorableKey, MigrationError, errorTable } from '@migrator/core';
import pLimit from 'p-limit';

import { exactNumber } from './exact-number.ts';
import { type Journal, journalOf } from './journal.ts';
import type { JournalFields } from './journal-value.ts';

export interface JournalReaderOptions {
  /** The application's client, which `close` does not destroy. By default a new one. */
  client?: DynamoDBClient | undefined;
  /** DYNAMODB_TABLE by default, or `tradebook-heatmaps`. */
  tableName?: string | undefined;
  /** As the AWS SDK finds it by default. Ignored with a `client`. */
  region?: string | undefined;
  /** As the AWS SDK finds it by default. Ignored with a `client`. */
  endpoint?: string | undefined;
  /** Strongly consistent reads, at twice the price. False by default. */
  consistent?: boolean | undefined;
}

export interface ReadOptions {
  consistent?: boolean | undefined;
  signal?: AbortSignal | undefined;
}

export interface JournalReader {
  /** One day of a user's journal; undefined if there is none. */
  getJournal(userId: string, date: string, options?: ReadOptions): Promise<Journal | undefined>;
  /** The days that exist, each once, in the given order. Any number. */
  getJournals(userId: string, dates: readonly string[], options?: ReadOptions): Promise<Journal[]>;
  /** Closes the connections, unless `client` was given. */
  close(): void;
}

/** DynamoDB's limit of keys in one call. */
const keysPerCall = 100;
const callsAtOnce = 4;
/** How many responses in a row may process none of the requested keys. */
const maxEmptyResponses = 8;
/** Shorter than in a run, because the application waits for the response. */
const backoff = { ...errorTable.THROTTLED, capMs: 1_000 };

const unmarshallOptions = { wrapNumbers: exactNumber };

/**
 * Reads migrated items, and those that the application has saved since in the same form. Throws errors of the AWS SDK,
 * and a MigrationError `THROTTLED` if the table keeps throttling.
 */
export function createJournalReader(options: JournalReaderOptions = {}): JournalReader {
  const { DYNAMODB_TABLE, AWS_REGION, AWS_ENDPOINT_URL_DYNAMODB } = process.env;
  const { aws } = readConfig({ DYNAMODB_TABLE, AWS_REGION, AWS_ENDPOINT_URL_DYNAMODB });
  const { region = aws.region, endpoint = aws.endpoint, tableName = aws.tableName } = options;
  const client =
    options.client === undefined ? createClient(region, endpoint) : withOwnConfig(options.client);
  const documents = DynamoDBDocumentClient.from(client, { unmarshallOptions });
  const limit = pLimit(callsAtOnce);

  const getItems = async (
    keys: readonly string[],
    { consistent = options.consistent, signal }: ReadOptions,
  ) => {
    const items = new Map<string, JournalFields>();
    let left: Record<string, unknown>[] = keys.map((key) => ({ dateKey: key }));
    for (let empty = 0; left.length > 0;) {
      const { Responses, UnprocessedKeys } = await documents.send(
        new BatchGetCommand({
          RequestItems: { [tableName]: { Keys: left, ConsistentRead: consistent === true } },
        }),
        signal === undefined ? {} : { abortSignal: signal },
      );
      for (const item of Responses?.[tableName] ?? []) items.set(String(item['dateKey']), item);
      const unprocessed = UnprocessedKeys?.[tableName]?.Keys ?? [];
      empty = unprocessed.length === left.length ? empty + 1 : 0;
      left = unprocessed;
      if (empty >= maxEmptyResponses) {
        throw new MigrationError(
          'THROTTLED',
          `Table "${tableName}" throttles all reads: its read capacity is used up`,
        );
      }
      if (left.length > 0) {
        const delayMs = backoffDelay(backoff, empty, Math.random());
        await delay(delayMs, undefined, signal === undefined ? {} : { signal });
      }
    }
    return items;
  };

  return {
    async getJournal(userId, date, { consistent = options.consistent, signal } = {}) {
      const key = dateKey({ userId, date });
      // A request for it would be an error; no item can have this key.
      if (!isStorableKey(key)) return undefined;
      const { Item } = await documents.send(
        new GetCommand({ TableName: tableName, Key: { dateKey: key }, ConsistentRead: consistent === true }),
        signal === undefined ? {} : { abortSignal: signal },
      );
      return Item === undefined ? undefined : journalOf(Item, { userId, date });
    },

    async getJournals(userId, dates, readOptions = {}) {
      const keys = new Map([...new Set(dates)].map((date) => [dateKey({ userId, date }), date]));
      const storable = [...keys.keys()].filter(isStorableKey);
      const batches = Array.from({ length: Math.ceil(storable.length / keysPerCall) }, (_, index) =>
        storable.slice(index * keysPerCall, (index + 1) * keysPerCall),
      );
      const found = await Promise.all(batches.map((batch) => limit(() => getItems(batch, readOptions))));
      const items = new Map(found.flatMap((batch) => [...batch]));
      return [...keys].flatMap(([key, date]) => {
        const item = items.get(key);
        return item === undefined ? [] : (journalOf(item, { userId, date }) ?? []);
      });
    },

    close() {
      if (options.client === undefined) client.destroy();
    },
  };
}

function createClient(region: string | undefined, endpoint: string | undefined): DynamoDBClient {
  return new DynamoDBClient({
    region,
    endpoint,
    // Without these a call waits as long as the connection stays open.
    requestHandler: { connectionTimeout: 5_000, requestTimeout: 10_000, throwOnRequestTimeout: true },
  });
}

/**
 * A document client stores its options in the configuration of its client, where they would replace those of the
 * application's own document client.
 */
function withOwnConfig(client: DynamoDBClient): DynamoDBClient {
  const copy: unknown = Object.create(Object.getPrototypeOf(client) as object);
  return Object.assign(copy as DynamoDBClient, client, { config: { ...client.config } });
}

let reader: JournalReader | undefined;

/** One day of a user's journal; undefined if there is none. Configured by the environment at the first call. */
export async function getJournal(
  userId: string,
  date: string,
  options?: ReadOptions,
): Promise<Journal | undefined> {
  reader ??= createJournalReader();
  return await reader.getJournal(userId, date, options);
}

/** Several days: those that exist, in the given order. */
export async function getJournals(
  userId: string,
  dates: readonly string[],
  options?: ReadOptions,
): Promise<Journal[]> {
  reader ??= createJournalReader();
  return await reader.getJournals(userId, dates, options);
}
