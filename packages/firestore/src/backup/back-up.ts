import { link, lstat, rename, rm } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';

import {
  abortedError,
  bindingDifferences,
  MigrationError,
  type Source,
  type SourceBinding,
} from '@migrator/core';

import { backupFormat, backupVersion } from './backup-lines.ts';
import { BackupWriter } from './backup-writer.ts';
import { compareIds } from './compare-ids.ts';
import { readUsers } from './read-users.ts';
import type { BackupSummary } from './verify-backup.ts';

export interface BackUpOptions {
  readonly path: string;
  /** Back up only these users; default: all. */
  readonly userIds?: readonly string[] | undefined;
  /** Continue the file at `partialPath` of an interrupted call, if there is one. */
  readonly resume?: boolean;
  /** Replace an existing file, and the one of an interrupted call. */
  readonly force?: boolean;
  /** Accept a source without entries. */
  readonly allowEmpty?: boolean;
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: { readonly entries: number; readonly users: number }) => void;
}

/** A file exists that may not be replaced, or that can't be continued. */
export class FileInTheWayError extends Error {
  override readonly name = 'FileInTheWayError';
}

/** The path of a backup until it is complete. */
export function partialPath(path: string): string {
  return `${path}.partial`;
}

/**
 * Writes all entries into a file, which exists only once it is complete. After an error or an abort the entries read
 * so far stay at `partialPath`. Rejects with a FileInTheWayError, or with NO_DATA for a source without entries.
 */
export async function backUp(source: Source, options: BackUpOptions): Promise<BackupSummary> {
  const { path, signal } = options;
  await requireFree(options);
  const partial = partialPath(path);
  const writer = await openWriter(source.binding, options);
  const { tally } = writer;
  try {
    if (tally.trailer === undefined) {
      await copyUsers(source, writer, options);
      if (tally.entries === 0 && options.allowEmpty !== true) {
        await rm(partial);
        throw new MigrationError('NO_DATA', `No entry in Firestore at ${source.describe()}.`);
      }
      if (signal.aborted) throw abortedError(`back up ${path}`, signal);
    }
    await writer.finish();
  } finally {
    await writer.close();
  }
  await publish(options);
  const { size } = await lstat(path);
  return { header: tally.header!, trailer: tally.trailer!, bytes: size };
}

async function copyUsers(source: Source, writer: BackupWriter, options: BackUpOptions): Promise<void> {
  const { tally } = writer;
  const { userIds } = tally.header!;
  try {
    for await (const { user, entries, last } of readUsers(source, {
      userIds,
      tally,
      signal: options.signal,
    })) {
      for (const entry of entries) await writer.addEntry(entry);
      if (last) await writer.endUser(user.userId, user.missing);
      options.onProgress?.(tally);
    }
  } finally {
    // Keep what was read: its reads are billed.
    await writer.flush();
  }
}

async function openWriter(source: SourceBinding, options: BackUpOptions): Promise<BackupWriter> {
  const { path, resume = false, force = false, signal } = options;
  const userIds = options.userIds && [...new Set(options.userIds)].toSorted(compareIds);
  const partial = partialPath(path);
  if (force) await rm(partial, { force: true });
  if (!(await exists(partial))) {
    const startedAt = new Date().toISOString();
    const header = { format: backupFormat, version: backupVersion, source, userIds, startedAt } as const;
    return await BackupWriter.create(partial, header);
  }
  if (!resume)
    throw new FileInTheWayError(`${partial} is of a backup that did not end. Continue it, or begin again.`);
  const writer = await BackupWriter.resume(partial, signal);
  const { header } = writer.tally;
  if (isSameSource(header!.source, source) && isDeepStrictEqual(header!.userIds, userIds)) return writer;
  await writer.close();
  throw new FileInTheWayError(`${partial} is of another source or of other users.`);
}

function isSameSource(one: SourceBinding, other: SourceBinding): boolean {
  const target = { table: '', region: '', endpoint: '' };
  const settings = { oversize: 'fail' } as const;
  return (
    bindingDifferences({ source: one, target, settings }, { source: other, target, settings }, ['source'])
      .length === 0
  );
}

/** Gives the complete file its name. Without `force`, in one step that fails where that exists by now. */
async function publish(options: BackUpOptions): Promise<void> {
  const { path, force = false } = options;
  const partial = partialPath(path);
  if (!force) {
    try {
      await link(partial, path);
      await rm(partial);
      return;
    } catch {
      // It exists, or this file system has no hard links.
      await requireFree(options);
    }
  }
  await rename(partial, path);
}

async function requireFree({ path, force = false }: BackUpOptions): Promise<void> {
  if (!force && (await exists(path))) throw new FileInTheWayError(`${path} exists.`);
}

async function exists(path: string): Promise<boolean> {
  return await lstat(path).then(
    () => true,
    () => false,
  );
}
