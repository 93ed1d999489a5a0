import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startFirestoreEmulator, type FirestoreEmulator } from '../start-firestore-emulator.ts';
import { openRawClient, type RawClient } from '../test-support/open-raw-client.ts';

let emulator: FirestoreEmulator;
let client: RawClient;
const database = `projects/${randomUUID()}/databases/(default)`;
const root = `${database}/documents`;

beforeAll(async () => {
  emulator = await startFirestoreEmulator();
  client = openRawClient(emulator.port);
});
afterAll(async () => {
  client.close();
  await emulator.close();
});

interface Doc {
  readonly name: string;
  readonly fields?: Record<string, unknown>;
  readonly createTime?: object;
}
interface Page {
  readonly documents?: readonly Doc[];
  readonly nextPageToken?: string;
}

async function put(...paths: string[]): Promise<void> {
  const writes = paths.map((path) => ({
    update: { name: `${root}/${path}`, fields: { n: { integerValue: 1 } } },
  }));
  await client.call('Commit', { database, writes });
}

async function one<T>(method: string, request: Record<string, unknown>): Promise<T> {
  const [response] = await client.call<T>(method, request);
  return response!;
}

describe('ListDocuments', () => {
  test('pages follow each other by their tokens; missing documents have a name only', async () => {
    await put('list/a', 'list/b/below/x', 'list/c', 'list/d');
    const names: string[] = [];
    const sizes: number[] = [];
    let pageToken = '';
    do {
      const page: Page = await one('ListDocuments', {
        parent: root,
        collectionId: 'list',
        pageSize: 3,
        pageToken,
        showMissing: true,
      });
      sizes.push(page.documents?.length ?? 0);
      for (const document of page.documents ?? []) {
        names.push(document.name.slice(root.length + 1));
        expect(document.createTime === undefined).toBe(document.name.endsWith('/b'));
      }
      pageToken = page.nextPageToken ?? '';
    } while (pageToken !== '');
    expect(sizes).toEqual([3, 1]);
    expect(names).toEqual(['list/a', 'list/b', 'list/c', 'list/d']);
  });

  test('the order by name can be turned round, other orders are told to be lacking', async () => {
    const request = { parent: root, collectionId: 'list', pageSize: 2 };
    const page: Page = await one('ListDocuments', {
      ...request,
      orderBy: '__name__ desc',
      mask: { fieldPaths: [] },
    });
    expect(page.documents?.map((document) => document.name.at(-1))).toEqual(['d', 'c']);
    expect(page.documents?.[0]?.fields).toBeUndefined();
    const last: Page = await one('ListDocuments', {
      ...request,
      orderBy: '__name__ desc',
      pageToken: page.nextPageToken,
    });
    expect(last.documents?.map((document) => document.name.at(-1))).toEqual(['a']);
    await expect(client.call('ListDocuments', { ...request, orderBy: 'n' })).rejects.toMatchObject({
      code: 12,
    });
    await expect(
      client.call('ListDocuments', { ...request, orderBy: '__name__', showMissing: true }),
    ).rejects.toMatchObject({ code: 3 });
    await expect(client.call('ListDocuments', { ...request, pageToken: '!' })).rejects.toMatchObject({
      code: 3,
    });
  });

  test('the next page goes on where a deleted document was', async () => {
    await put('moving/a', 'moving/b', 'moving/c');
    const page: Page = await one('ListDocuments', { parent: root, collectionId: 'moving', pageSize: 2 });
    await client.call('DeleteDocument', { name: `${root}/moving/b` });
    const next: Page = await one('ListDocuments', {
      parent: root,
      collectionId: 'moving',
      pageToken: page.nextPageToken,
    });
    expect(next.documents?.map((document) => document.name.at(-1))).toEqual(['c']);
  });
});

test('ListCollectionIds pages', async () => {
  await put('parent/p/a/x', 'parent/p/b/x', 'parent/p/c/x');
  const request = { parent: `${root}/parent/p`, pageSize: 2 };
  const first = await one<{ collectionIds: string[]; nextPageToken: string }>('ListCollectionIds', request);
  expect(first.collectionIds).toEqual(['a', 'b']);
  const second = await one('ListCollectionIds', { ...request, pageToken: first.nextPageToken });
  expect(second).toEqual({ collectionIds: ['c'] });
});
