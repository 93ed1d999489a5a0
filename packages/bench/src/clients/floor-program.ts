import { type EncodedItem, mapEntry, type Source } from '@migrator/core';
import { createFirestoreSource } from '@migrator/firestore';
import pLimit from 'p-limit';
import { Pool } from 'undici';
import { onTask } from './on-task.ts';

/** The bare loop: read bytes, map, write batches. No jobs, no ledger, no checkpoints, no conditions. */
const usersAtOnce = 8;
Buffer.poolSize = 64 * 1024;
const batchSize = 25;
const pageEntries = 300;
const pageBytes = 2 * 1024 * 1024;

const headers = {
  'content-type': 'application/x-amz-json-1.0',
  'x-amz-target': 'DynamoDB_20120810.BatchWriteItem',
};
const next = Buffer.from('}},{"PutRequest":{"Item":');
const end = Buffer.from('}}]}}');

/** Puts encoded items, 25 at once and without a condition, which the product never does: the lower bound of the cost of writing. */
class BatchWriter {
  readonly #pool: Pool;
  readonly #head: Buffer;

  constructor(endpoint: string, tableName: string) {
    this.#pool = new Pool(endpoint, { connections: 64 });
    this.#head = Buffer.from(`{"RequestItems":{${JSON.stringify(tableName)}:[{"PutRequest":{"Item":`);
  }

  async put(items: readonly EncodedItem[]): Promise<void> {
    const pieces = items.flatMap(({ json }, index) => [index === 0 ? this.#head : next, json]);
    const body = Buffer.concat([...pieces, end]);
    const answer = await this.#pool.request({ method: 'POST', path: '/', headers, body });
    await answer.body.dump();
    if (answer.statusCode !== 200) throw new Error(`a batch was answered with ${answer.statusCode}`);
  }

  async close(): Promise<void> {
    await this.#pool.close();
  }
}

onTask(async (projectId) => {
  const emulatorHost = process.env['FIRESTORE_EMULATOR_HOST'] ?? '';
  const source = await createFirestoreSource({ projectId, emulatorHost });
  const writer = new BatchWriter(process.env['AWS_ENDPOINT_URL_DYNAMODB'] ?? '', 'bench');
  const migratedAt = new Date().toISOString();
  const limit = pLimit(usersAtOnce);
  let entries = 0;
  let pageToken: string | undefined;
  do {
    const page = await source.listUsers({ pageSize: 250, pageToken });
    const counts = await Promise.all(
      page.users.map(({ userId }) => limit(() => copy(source, writer, userId, migratedAt))),
    );
    entries += counts.reduce((sum, count) => sum + count, 0);
    pageToken = page.nextPageToken;
  } while (pageToken !== undefined);
  await Promise.all([source.close(), writer.close()]);
  return entries;
});

async function copy(
  source: Source,
  writer: BatchWriter,
  userId: string,
  migratedAt: string,
): Promise<number> {
  let count = 0;
  let after: string | undefined;
  for (;;) {
    const page = await source.readPage({
      userId,
      limit: pageEntries,
      maxBytes: pageBytes,
      after,
    });
    const writes: Promise<unknown>[] = [];
    for (let at = 0; at < page.entries.length; at += batchSize) {
      const items: EncodedItem[] = [];
      for (const entry of page.entries.slice(at, at + batchSize)) {
        const mapped = mapEntry(entry, { migratedAt, oversize: 'fail' });
        if (!mapped.ok) throw new Error(mapped.message);
        items.push(mapped.item);
      }
      writes.push(writer.put(items));
    }
    await Promise.all(writes);
    count += page.entries.length;
    after = page.entries.at(-1)?.date;
    if (!page.more || after === undefined) return count;
  }
}
