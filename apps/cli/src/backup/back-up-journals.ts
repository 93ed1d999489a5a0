import { requireConfig } from '@migrator/config';
import { describeSource, MigrationError } from '@migrator/core';
import { tryCountEntries } from '@migrator/engine';
import { backUp, FileInTheWayError, partialPath, verifyBackup } from '@migrator/firestore';
import { openSource } from '@migrator/runtime';

import { UsageError } from '../cli/exit-codes.ts';
import type { Outcome, Session } from '../cli/run-command.ts';
import { countingDisplay } from './counting-display.ts';
import { describeBackup, outcomeOfBackup } from './describe-backup.ts';

export interface BackupOptions {
  readonly out?: string;
  readonly user?: readonly string[];
  readonly resume: boolean;
  readonly force: boolean;
  readonly allowEmpty: boolean;
  readonly json: boolean;
}

export async function backUpJournals(session: Session, options: BackupOptions): Promise<Outcome> {
  const { out: path, user: userIds, resume, force, allowEmpty } = options;
  if (path === undefined) throw new UsageError('Name the file of the backup: --out journals.ndjson.gz');
  if (resume && force)
    throw new UsageError('--resume continues a backup, --force begins again: use only one of them.');
  const { screen, signal } = session;
  using display = countingDisplay(session, 'Backing up');
  const source = await openSource(requireConfig(), ({ message }) => display.problem(message));
  try {
    screen.write(`Reading ${describeSource(source.binding)}\n`);
    display.begin(await tryCountEntries(source, userIds, signal));
    const summary = await backUp(source, {
      path,
      userIds,
      resume,
      force,
      allowEmpty,
      signal,
      onProgress: display.show,
    });
    display.finish();
    return outcomeOfBackup(path, summary, `Wrote ${describeBackup(path, summary)}`);
  } catch (error) {
    if (error instanceof FileInTheWayError)
      throw new UsageError(`${error.message} --force replaces it, --resume continues one that did not end.`);
    if (error instanceof MigrationError && error.code !== 'NO_DATA')
      screen.write(`What was read is kept in ${partialPath(path)}; --resume continues.\n`);
    throw error;
  } finally {
    await source.close();
  }
}

/** Reads a whole backup; rejects with its first fault. */
export async function verifyJournals(session: Session, path: string): Promise<Outcome> {
  using display = countingDisplay(session, 'Verifying');
  const summary = await verifyBackup(path, { signal: session.signal, onProgress: display.show });
  display.finish();
  return outcomeOfBackup(path, summary, `A whole backup: ${describeBackup(path, summary)}`);
}
