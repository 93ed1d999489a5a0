import { createServer, type Http2Session, type ServerHttp2Stream } from 'node:http2';
import { once } from 'node:events';
import { createServer as createTcpServer } from 'node:net';
import { status } from '@grpc/grpc-js';
import type { RetryEvent } from '@migrator/core';
import {
  decodeMessage,
  encodeDocument,
  journalEntry,
  type ScriptedReply,
  startScriptedFirestore,
} from '@migrator/devkit';
import { Writer } from 'protobufjs/minimal.js';
import { expect, test } from 'vitest';
import { createFirestoreSource } from './index.ts';

const project = { projectId: 'demo-p', databaseId: 'other' };
const journal = 'projects/demo-p/databases/other/documents/users/ann/trading-journal';
const page = { userId: 'ann', limit: 10, maxBytes: 1_000_000 };

/** A RunQueryResponse or BatchGetDocumentsResponse with this document. */
function answerOf(date: string, updateTime: Date | null = new Date('2026-01-02T03:04:05.678Z')): Uint8Array {
  const document = encodeDocument({
    name: `${journal}/${date}`,
    fields: journalEntry(1, 0).fields,
    ...(updateTime === null ? {} : { updateTime }),
  });
  return Writer.create().uint32(10).bytes(document).finish();
}

const progressOnly = Writer.create().uint32(32).int32(0).finish();
const fail = (code: status, messages: readonly Uint8Array[] = []): ScriptedReply => ({
  messages,
  end: { code, details: 'scripted' },
});

test("calls carry what Google's own client sends", async () => {
  await using firestore = await startScriptedFirestore(() => ({}));
  const source = await createFirestoreSource({ ...project, emulatorHost: firestore.emulatorHost });
  await source.readPage({ ...page, userId: 'a b' });
  await source.readEntries([{ userId: 'ann', date: '1' }]);
  await source.close();
  expect(firestore.calls[0]).toMatchObject({
    method: 'RunQuery',
    metadata: {
      authorization: 'Bearer owner',
      'google-cloud-resource-prefix': 'projects/demo-p/databases/other',
      'x-goog-request-params': 'parent=projects%2Fdemo-p%2Fdatabases%2Fother%2Fdocuments%2Fusers%2Fa%20b',
    },
  });
  expect(firestore.calls[1]).toMatchObject({
    method: 'BatchGetDocuments',
    metadata: { 'x-goog-request-params': 'database=projects%2Fdemo-p%2Fdatabases%2Fother' },
  });
});

test('a page is one query by name, after a cursor, without an offset', async () => {
  await using firestore = await startScriptedFirestore(() => ({ messages: [progressOnly, answerOf('2')] }));
  const source = await createFirestoreSource({ ...project, emulatorHost: firestore.emulatorHost });
  const { entries, more } = await source.readPage({ ...page, after: '1' });
  await source.close();
  expect(entries).toMatchObject([{ userId: 'ann', date: '2', updateTime: '2026-01-02T03:04:05.678000Z' }]);
  expect(more).toBe(false);
  expect(decodeMessage('RunQueryRequest', firestore.calls[0]?.request ?? Buffer.alloc(0))).toEqual({
    parent: 'projects/demo-p/databases/other/documents/users/ann',
    structuredQuery: {
      from: [{ collectionId: 'trading-journal' }],
      orderBy: [{ field: { fieldPath: '__name__' }, direction: 'ASCENDING' }],
      startAt: { values: [{ referenceValue: `${journal}/1` }] },
      limit: { value: 10 },
    },
  });
});

test('a page that breaks off goes on after its last entry', async () => {
  const replies: ScriptedReply[] = [
    fail(status.UNAVAILABLE, [answerOf('1'), answerOf('2')]),
    fail(status.INTERNAL),
    { messages: [answerOf('3')] },
  ];
  await using firestore = await startScriptedFirestore((_, index) => replies[index] ?? {});
  const retries: RetryEvent[] = [];
  const source = await createFirestoreSource({
    ...project,
    emulatorHost: firestore.emulatorHost,
    onRetry: (event) => retries.push(event),
  });
  const { entries, more } = await source.readPage(page);
  await source.close();
  expect(entries.map(({ date }) => date)).toEqual(['1', '2', '3']);
  expect(more).toBe(false);
  expect(retries).toMatchObject([
    { operation: 'read users/ann/trading-journal', code: 'SOURCE_UNAVAILABLE' },
    { code: 'SOURCE_UNAVAILABLE' },
  ]);
  const resumed = { startAt: { values: [{ referenceValue: `${journal}/2` }] }, limit: { value: 8 } };
  for (const call of firestore.calls.slice(1)) {
    expect(decodeMessage('RunQueryRequest', call.request)).toMatchObject({ structuredQuery: resumed });
  }
});

test('a page that breaks off when it was full is done', async () => {
  await using firestore = await startScriptedFirestore((_, index) =>
    index === 0 ? fail(status.UNAVAILABLE, [answerOf('1'), answerOf('2')]) : {},
  );
  const source = await createFirestoreSource({ ...project, emulatorHost: firestore.emulatorHost });
  const { entries, more } = await source.readPage({ ...page, limit: 2 });
  await source.close();
  expect(entries).toHaveLength(2);
  expect(more).toBe(true);
  expect(firestore.calls).toHaveLength(1);
});

test('a page that breaks off for good is as long as it got, and the next one is the error', async () => {
  await using firestore = await startScriptedFirestore((_, index) =>
    fail(status.INTERNAL, index === 0 ? [answerOf('1')] : []),
  );
  const source = await createFirestoreSource({ ...project, emulatorHost: firestore.emulatorHost });
  const { entries, more } = await source.readPage(page);
  expect(entries.map(({ date }) => date)).toEqual(['1']);
  expect(more).toBe(true);
  await expect(source.readPage({ ...page, after: '1' })).rejects.toMatchObject({
    code: 'SOURCE_UNAVAILABLE',
  });
  await source.close();
}, 60_000);

test('a refusal is not repeated', async () => {
  await using firestore = await startScriptedFirestore(() => fail(status.PERMISSION_DENIED));
  const source = await createFirestoreSource({ ...project, emulatorHost: firestore.emulatorHost });
  await expect(source.listUsers({ pageSize: 1 })).rejects.toMatchObject({
    code: 'SOURCE_ACCESS_DENIED',
    attempts: 1,
  });
  await source.close();
  expect(firestore.calls).toHaveLength(1);
});

test('a document without its update time is an error, not a guess', async () => {
  await using firestore = await startScriptedFirestore(() => ({ messages: [answerOf('1', null)] }));
  const source = await createFirestoreSource({ ...project, emulatorHost: firestore.emulatorHost });
  await expect(source.readPage(page)).rejects.toMatchObject({ code: 'MALFORMED_DOCUMENT' });
  await source.close();
});

test.each(['RunQuery', 'ListDocuments'])('an abort ends a %s that hangs', async (method) => {
  const abort = new AbortController();
  await using firestore = await startScriptedFirestore(() => {
    abort.abort();
    return { end: 'hang' };
  });
  const source = await createFirestoreSource({ ...project, emulatorHost: firestore.emulatorHost });
  const { signal } = abort;
  const call =
    method === 'RunQuery' ? source.readPage({ ...page, signal }) : source.listUsers({ pageSize: 1, signal });
  await expect(call).rejects.toMatchObject({ code: 'ABORTED' });
  await source.close();
});

test('throttling is waited out until an abort', async () => {
  await using firestore = await startScriptedFirestore(() => fail(status.RESOURCE_EXHAUSTED));
  const abort = new AbortController();
  const source = await createFirestoreSource({
    ...project,
    emulatorHost: firestore.emulatorHost,
    onRetry: ({ code, attempt }) => {
      expect(code).toBe('SOURCE_THROTTLED');
      if (attempt === 2) abort.abort();
    },
  });
  await expect(source.countEntries(abort.signal)).rejects.toMatchObject({ code: 'ABORTED' });
  await source.close();
});

/** A ListDocumentsResponse with so many users of so many bytes each, who follow the one that the token names. */
function listingOf(request: Buffer, total: number, userBytes: number): Uint8Array {
  const { pageSize, pageToken } = decodeMessage('ListDocumentsRequest', request) as {
    pageSize: number;
    pageToken?: string;
  };
  const from = Number(pageToken ?? 0);
  const to = Math.min(total, from + pageSize);
  const answer = Writer.create();
  for (let user = from; user < to; user += 1) {
    const name = `projects/demo-p/databases/other/documents/users/user-${user}`;
    const fields = { filler: { bytesValue: Buffer.alloc(userBytes) } };
    answer.uint32(10).bytes(encodeDocument({ name, fields, updateTime: new Date(0) }));
  }
  if (to < total) answer.uint32(18).string(String(to));
  return answer.finish();
}

test('a page of users that is more than a message holds is asked for by halves, which is no throttling', async () => {
  const users = 100;
  const asked: number[] = [];
  await using firestore = await startScriptedFirestore(({ request }) => {
    const { pageSize } = decodeMessage('ListDocumentsRequest', request) as { pageSize: number };
    asked.push(pageSize);
    return { messages: [listingOf(request, users, 900_000)] };
  });
  const retries: RetryEvent[] = [];
  const source = await createFirestoreSource({
    ...project,
    emulatorHost: firestore.emulatorHost,
    onRetry: (event) => retries.push(event),
  });
  const listed: string[] = [];
  let pageToken: string | undefined;
  do {
    const answer = await source.listUsers({ pageSize: 250, pageToken });
    listed.push(...answer.users.map(({ userId }) => userId));
    pageToken = answer.nextPageToken;
  } while (pageToken !== undefined);
  await source.close();
  expect(listed).toEqual(Array.from({ length: users }, (_, user) => `user-${user}`));
  // What one page has shown holds for the next ones.
  expect(asked).toEqual([250, 125, 63, 63]);
  expect(retries).toEqual([]);
});

test.each(['RunQuery', 'ListDocuments'])(
  'one answer of %s that is more than a message holds is an error that says so',
  async (method) => {
    await using firestore = await startScriptedFirestore(() => ({ messages: [Buffer.alloc(65 << 20)] }));
    const source = await createFirestoreSource({ ...project, emulatorHost: firestore.emulatorHost });
    const call = method === 'RunQuery' ? source.readPage(page) : source.listUsers({ pageSize: 1 });
    await expect(call).rejects.toMatchObject({
      code: 'SOURCE_MESSAGE_TOO_LARGE',
      attempts: 1,
      message: expect.stringMatching(/users.*smaller/),
    });
    await source.close();
    expect(firestore.calls).toHaveLength(1);
  },
);

test('a Firestore that is not there is an error in the end', async () => {
  const taken = createTcpServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const address = taken.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  taken.close();
  await once(taken, 'close');
  const source = await createFirestoreSource({ ...project, emulatorHost: `127.0.0.1:${port}` });
  await expect(source.readPage(page)).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE', attempts: 8 });
  await source.close();
});

test.each(['', 'a/b', '/'])('%j is no id', async (id) => {
  await using firestore = await startScriptedFirestore(() => ({}));
  const source = await createFirestoreSource({ ...project, emulatorHost: firestore.emulatorHost });
  const calls = [
    source.readPage({ ...page, userId: id }),
    source.readPage({ ...page, after: id }),
    source.countUserEntries(id),
    source.readEntries([{ userId: 'ann', date: id }]),
  ];
  const ends = await Promise.allSettled(calls);
  await source.close();
  for (const end of ends)
    expect(end).toMatchObject({ status: 'rejected', reason: { code: 'SOURCE_INVALID' } });
  expect(firestore.calls).toHaveLength(0);
});

test('a source without a project says which variable names it', async () => {
  await expect(createFirestoreSource({ emulatorHost: '127.0.0.1:1' })).rejects.toMatchObject({
    code: 'SOURCE_NOT_FOUND',
    message: expect.stringContaining('GOOGLE_CLOUD_PROJECT'),
  });
});

test('close ends the connection', async () => {
  const server = createServer();
  server.on('stream', (stream: ServerHttp2Stream) => {
    stream.respond(
      { ':status': 200, 'content-type': 'application/grpc', 'grpc-status': String(status.UNIMPLEMENTED) },
      { endStream: true },
    );
  });
  const session = once(server, 'session') as Promise<[Http2Session]>;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const source = await createFirestoreSource({ ...project, emulatorHost: `127.0.0.1:${port}` });
  await expect(source.countEntries()).rejects.toMatchObject({ code: 'SOURCE_INVALID' });
  const [opened] = await session;
  const ended = once(opened, 'close');
  await source.close();
  await ended;
  server.close();
  await once(server, 'close');
});
