import { randomUUID } from 'node:crypto';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startFirestoreEmulator, type FirestoreEmulator } from '../start-firestore-emulator.ts';
import { openRawClient, type RawClient } from '../test-support/open-raw-client.ts';

interface Doc {
  readonly name: string;
}

interface Page {
  readonly documents?: readonly Doc[];
  readonly nextPageToken?: string;
}

let emulator: FirestoreEmulator;
let client: RawClient;

beforeAll(async () => {
  emulator = await startFirestoreEmulator();
  client = openRawClient(emulator.port);
});
afterAll(async () => {
  client.close();
  await emulator.close();
});

const documentId = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 5 })
  .filter((id) => !id.includes('/') && id !== '.' && id !== '..' && !/^__.*__$/.test(id));

async function fill(ids: readonly string[]): Promise<{ parent: string; expected: string[] }> {
  const database = `projects/${randomUUID()}/databases/(default)`;
  const parent = `${database}/documents`;
  const writes = ids.map((id) => ({ update: { name: `${parent}/c/${id}` } }));
  await client.call('Commit', { database, writes });
  const sorted = ids.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  return { parent, expected: sorted.map((id) => `${parent}/c/${id}`) };
}

async function listPages(parent: string, pageSize: number): Promise<string[]> {
  const names: string[] = [];
  let pageToken = '';
  do {
    const request = { parent, collectionId: 'c', pageSize, pageToken };
    const [page] = await client.call<Page>('ListDocuments', request);
    names.push(...(page?.documents ?? []).map((document) => document.name));
    pageToken = page?.nextPageToken ?? '';
  } while (pageToken !== '');
  return names;
}

async function queryPages(parent: string, limit: number, direction: string): Promise<string[]> {
  const names: string[] = [];
  for (;;) {
    const last = names.at(-1);
    const structuredQuery = {
      from: [{ collectionId: 'c' }],
      orderBy: [{ field: { fieldPath: '__name__' }, direction }],
      limit: { value: limit },
      startAt: last === undefined ? undefined : { values: [{ referenceValue: last }], before: false },
    };
    const page = await client.call<{ document?: Doc }>('RunQuery', { parent, structuredQuery });
    const found = page.flatMap(({ document }) => (document === undefined ? [] : [document.name]));
    names.push(...found);
    if (found.length < limit) return names;
  }
}

test('pages put together are the whole collection in order, listed and queried, both ways', async () => {
  const collections = fc.uniqueArray(documentId, { maxLength: 30 });
  await fc.assert(
    fc.asyncProperty(collections, fc.integer({ min: 1, max: 12 }), async (ids, size) => {
      const { parent, expected } = await fill(ids);
      expect(await listPages(parent, size)).toEqual(expected);
      expect(await queryPages(parent, size, 'ASCENDING')).toEqual(expected);
      expect(await queryPages(parent, size, 'DESCENDING')).toEqual(expected.toReversed());
    }),
    { numRuns: 40 },
  );
});
