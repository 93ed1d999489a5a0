import { once } from 'node:events';
import { Client, credentials, type ClientReadableStream } from '@grpc/grpc-js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadFirestoreService } from '../protocol/firestore-protocol.ts';
import { startFirestoreEmulator, type FirestoreEmulator } from '../start-firestore-emulator.ts';
import { openRawClient } from '../test-support/open-raw-client.ts';

const database = 'projects/p/databases/(default)';
const parent = `${database}/documents`;
const documents = 60;
const { RunQuery } = loadFirestoreService();

let emulator: FirestoreEmulator;
let client: Client;

beforeAll(async () => {
  emulator = await startFirestoreEmulator();
  client = new Client(`127.0.0.1:${emulator.port}`, credentials.createInsecure());
  const raw = openRawClient(emulator.port);
  const text = { stringValue: 'x'.repeat(500_000) };
  for (let n = 0; n < documents; n += 1) {
    await raw.call('Commit', {
      database,
      writes: [{ update: { name: `${parent}/large/${n}`, fields: { text } } }],
    });
  }
  raw.close();
});
afterAll(async () => {
  client.close();
  await emulator.close();
});

function query(): ClientReadableStream<object> {
  const { path, requestSerialize, responseDeserialize } = RunQuery!;
  const request = { parent, structuredQuery: { from: [{ collectionId: 'large' }] } };
  return client.makeServerStreamRequest(path, requestSerialize, responseDeserialize, request);
}

test('a slow reader gets the whole result', async () => {
  const stream = query();
  let count = 0;
  for await (const response of stream) {
    expect(response).toHaveProperty('document');
    count += 1;
    // Reading stops here for a turn of the event loop each time, so that the server has to wait.
    await new Promise(setImmediate);
  }
  expect(count).toBe(documents);
});

test('a reader that goes away halfway leaves the others alone', async () => {
  const stream = query();
  await once(stream, 'data');
  const gone = once(stream, 'error');
  stream.pause();
  stream.cancel();
  expect(await gone).toMatchObject([{ code: 1 }]);
  let count = 0;
  for await (const response of query()) count += Object.hasOwn(response, 'document') ? 1 : 0;
  expect(count).toBe(documents);
});
