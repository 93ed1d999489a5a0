import { randomUUID } from 'node:crypto';
import { Client, credentials } from '@grpc/grpc-js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startFirestoreEmulator, type FirestoreEmulator } from '../start-firestore-emulator.ts';
import { documentFields, makeDocument } from '../store/stored-document.ts';
import { openRawClient } from '../test-support/open-raw-client.ts';
import { encodeArray, encodeInteger, encodeMap } from '../values/encode-value.ts';
import { contentField, contentOf, valueKind } from '../values/value.ts';
import { readFieldMap, type FieldMap } from '../wire/field-map.ts';
import { delimitedSize, writeDelimitedHead } from '../wire/wire.ts';

/** A Value whose kind has the number 31, which no published proto has, with three bytes in it. */
const futureValue = Buffer.of(0xfa, 0x01, 3, 1, 2, 3);
const database = `projects/${randomUUID()}/databases/(default)`;
const name = `${database}/documents/future/one`;

let emulator: FirestoreEmulator;
let client: Client;

beforeAll(async () => {
  emulator = await startFirestoreEmulator();
  client = new Client(`127.0.0.1:${emulator.port}`, credentials.createInsecure());
});
afterAll(async () => {
  client.close();
  await emulator.close();
});

function field(number: number, content: Uint8Array): Buffer {
  const bytes = Buffer.alloc(delimitedSize(content.length));
  bytes.set(content, writeDelimitedHead(bytes, 0, number, content.length));
  return bytes;
}

function same(bytes: Buffer): Buffer {
  return bytes;
}

function call(method: string, request: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(
      `/google.firestore.v1.Firestore/${method}`,
      same,
      same,
      request,
      (error, response) => {
        if (response === undefined) reject(error ?? new Error('There is no response.'));
        else resolve(response);
      },
    );
  });
}

async function read(): Promise<FieldMap> {
  return documentFields(await call('GetDocument', field(1, Buffer.from(name))));
}

function inside(value: Uint8Array | undefined): FieldMap {
  return readFieldMap(contentOf(value ?? Buffer.alloc(0), valueKind.map) ?? Buffer.alloc(0), contentField);
}

test('a kind of value that does not exist yet is kept byte for byte, also beside fields that change', async () => {
  const fields: FieldMap = new Map<string, Uint8Array>([
    ['top', futureValue],
    ['list', encodeArray([futureValue, encodeInteger(1n)])],
    ['map', encodeMap(new Map([['inner', futureValue]]))],
  ]);
  const write = field(1, makeDocument(name, fields, 1, 1).encoded);
  await call('Commit', Buffer.concat([field(1, Buffer.from(database)), field(2, write)]));
  const stored = await read();
  expect([...stored].map(([key, value]) => [key, Buffer.from(value)])).toEqual(
    [...fields].map(([key, value]) => [key, Buffer.from(value)]),
  );

  const raw = openRawClient(emulator.port);
  const update = { name, fields: { map: { mapValue: { fields: { added: { integerValue: 1 } } } } } };
  const updateTransforms = [{ fieldPath: 'map.n', increment: { integerValue: 1 } }];
  const updateMask = { fieldPaths: ['map.added'] };
  await raw.call('Commit', { database, writes: [{ update, updateMask, updateTransforms }] });
  raw.close();
  const changed = await read();
  expect([...inside(changed.get('map')).keys()]).toEqual(['inner', 'added', 'n']);
  expect(Buffer.from(inside(changed.get('map')).get('inner') ?? [])).toEqual(futureValue);
  expect(Buffer.from(changed.get('top') ?? [])).toEqual(futureValue);
});
