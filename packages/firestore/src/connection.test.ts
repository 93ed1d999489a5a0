import { startScriptedFirestore } from '@migrator/devkit';
import { expect, test } from 'vitest';
import { type Call, Connection } from './connection.ts';
import { emulatorCredentials } from './google-credentials.ts';

const database = 'projects/demo-p/databases/(default)';
const call: Omit<Call, 'timeoutMs'> = {
  method: 'RunQuery',
  request: Buffer.alloc(0),
  database,
  routing: { database },
  path: 'users/ann/trading-journal',
};

test('a call that is not answered in time ends as unavailable', async () => {
  await using firestore = await startScriptedFirestore(() => ({ end: 'hang' }));
  const connection = new Connection({
    emulatorHost: firestore.emulatorHost,
    credentials: emulatorCredentials,
  });
  const late = { code: 'SOURCE_UNAVAILABLE', message: expect.stringContaining('in time') };
  await expect(connection.stream({ ...call, timeoutMs: 50 }, () => true)).rejects.toMatchObject(late);
  await expect(connection.unary({ ...call, timeoutMs: 50 })).rejects.toMatchObject(late);
  connection.close();
});

test('a stream ends where its reader has had enough', async () => {
  const messages = ['a', 'b', 'c'].map((text) => Buffer.from(text));
  await using firestore = await startScriptedFirestore(() => ({ messages, end: 'hang' }));
  const connection = new Connection({
    emulatorHost: firestore.emulatorHost,
    credentials: emulatorCredentials,
  });
  const read: string[] = [];
  const complete = await connection.stream({ ...call, timeoutMs: 10_000 }, (message) => {
    read.push(message.toString());
    return read.length < 2;
  });
  connection.close();
  expect(complete).toBe(false);
  expect(read).toEqual(['a', 'b']);
});

test('what its reader throws ends the stream', async () => {
  await using firestore = await startScriptedFirestore(() => ({ messages: [Buffer.from('a')], end: 'hang' }));
  const connection = new Connection({
    emulatorHost: firestore.emulatorHost,
    credentials: emulatorCredentials,
  });
  const reading = connection.stream({ ...call, timeoutMs: 10_000 }, () => {
    throw new RangeError('index out of range: 3 + 10 > 4');
  });
  await expect(reading).rejects.toThrow('index out of range');
  connection.close();
});
