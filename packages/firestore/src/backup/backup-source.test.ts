import { readFile, writeFile } from 'node:fs/promises';

import type { Source } from '@migrator/core';
import { journals } from '@migrator/devkit';
import { expect, inject, test } from 'vitest';

import { openBackupSource } from './backup-source.ts';
import { backedUp, openFilledSource } from './test-support/backed-up.ts';

const emulatorHost = inject('services').FIRESTORE_EMULATOR_HOST;

async function allEntries(source: Source) {
  const { users } = await source.listUsers({ pageSize: 100 });
  const pages = users.map(({ userId }) => source.readPage({ userId, limit: 1_000, maxBytes: 1e9 }));
  const entries = (await Promise.all(pages)).flatMap((page) => page.entries);
  return { users, entries: entries.map((entry) => ({ ...entry, document: Buffer.from(entry.document) })) };
}

test('it holds byte for byte what Firestore answers', async () => {
  const users = [...journals({ users: 6, entriesPerUser: 40 })];
  const firestore = await openFilledSource(users, emulatorHost);
  const backup = await backedUp(firestore);
  const source = await openBackupSource(backup.path);
  try {
    expect(await allEntries(source)).toEqual(await allEntries(firestore));
    expect(source.binding).toEqual(firestore.binding);
  } finally {
    await Promise.all([source.close(), firestore.close(), backup.remove()]);
  }
});

test('a file that is damaged after its verification is met as such', async () => {
  const firestore = await openFilledSource(journals({ users: 2, entriesPerUser: 400 }), emulatorHost);
  const backup = await backedUp(firestore);
  const source = await openBackupSource(backup.path);
  try {
    const bytes = await readFile(backup.path);
    bytes[bytes.length - 1_000]! ^= 1;
    await writeFile(backup.path, bytes);
    const page = source.readPage({ userId: 'user-00001', after: '2018-12-01', limit: 500, maxBytes: 1e9 });
    await expect(page).rejects.toMatchObject({ code: 'BACKUP_INVALID' });
  } finally {
    await Promise.all([source.close(), firestore.close(), backup.remove()]);
  }
});
