import { expect, test } from 'vitest';
import { startFirestoreEmulator } from './start-firestore-emulator.ts';
import { openRawClient } from './test-support/open-raw-client.ts';

const database = 'projects/p/databases/(default)';
const parent = `${database}/documents`;

test('closing frees the port and forgets the documents, though a client is connected', async () => {
  const first = await startFirestoreEmulator();
  const client = openRawClient(first.port);
  await client.call('Commit', { database, writes: [{ update: { name: `${parent}/a/b` } }] });
  await first.close();
  const second = await startFirestoreEmulator({ port: first.port });
  expect([second.host, second.port]).toEqual(['127.0.0.1', first.port]);
  const again = openRawClient(second.port);
  await expect(again.call('ListCollectionIds', { parent })).resolves.toEqual([{}]);
  client.close();
  again.close();
  await second.close();
});

test('a port that is taken is an error', async () => {
  const first = await startFirestoreEmulator();
  await expect(startFirestoreEmulator({ port: first.port })).rejects.toThrow(String(first.port));
  await first.close();
});
