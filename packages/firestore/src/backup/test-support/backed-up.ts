import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Source } from '@migrator/core';
import { fillFirestore, type JournalUser } from '@migrator/devkit';

import { createFirestoreSource } from '../../firestore-source.ts';
import { backUp } from '../back-up.ts';

export interface BackedUp {
  readonly path: string;
  remove(): Promise<void>;
}

/** A Firestore project of its own with these users. */
export async function openFilledSource(users: Iterable<JournalUser>, emulatorHost: string): Promise<Source> {
  const projectId = `demo-${randomUUID()}`;
  await fillFirestore(users, { FIRESTORE_EMULATOR_HOST: emulatorHost, GOOGLE_CLOUD_PROJECT: projectId });
  return await createFirestoreSource({ emulatorHost, projectId });
}

/** A backup of it, in a folder of its own. */
export async function backedUp(source: Source): Promise<BackedUp> {
  const folder = await mkdtemp(join(tmpdir(), 'backup-'));
  const path = join(folder, 'journals.ndjson.gz');
  await backUp(source, { path, allowEmpty: true, signal: new AbortController().signal });
  return { path, remove: () => rm(folder, { recursive: true }) };
}
