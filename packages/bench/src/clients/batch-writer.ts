import type { EncodedItem } from '@migrator/core';
import { Pool } from 'undici';

const headers = {
  'content-type': 'application/x-amz-json-1.0',
  'x-amz-target': 'DynamoDB_20120810.BatchWriteItem',
};
const next = Buffer.from('}},{"PutRequest":{"Item":');
const end = Buffer.from('}}]}}');

/** Puts ready items, 25 at once and without a condition, which the product never does: the least that writing can cost. */
export class BatchWriter {
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
