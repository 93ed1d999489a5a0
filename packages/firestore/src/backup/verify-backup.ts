import { abortedError } from '@migrator/core';

import { backupError } from './backup-error.ts';
import { BackupFile, linesOf, type Member } from './backup-file.ts';
import { type BackupHeader, type BackupLine, type BackupTrailer, parseEntryLine } from './backup-lines.ts';
import { BackupTally } from './backup-tally.ts';

export interface BackupSummary {
  readonly header: BackupHeader;
  readonly trailer: BackupTrailer;
  /** The size of the compressed file. */
  readonly bytes: number;
}

export interface VerifyOptions {
  readonly signal?: AbortSignal;
  /** Called with the first line of each member, except header and trailer. */
  readonly onMember?: (member: Member, first: BackupLine) => void;
  readonly onProgress?: (progress: { readonly entries: number; readonly users: number }) => void;
}

/** Reads a whole backup, one member at a time. Rejects with BACKUP_INVALID for the first fault. */
export async function verifyBackup(path: string, options: VerifyOptions = {}): Promise<BackupSummary> {
  const file = await BackupFile.open(path);
  try {
    const tally = new BackupTally();
    for (let at = 0; at < file.size;) {
      if (options.signal?.aborted === true) throw abortedError(`verify ${path}`, options.signal);
      const member = await file.member(at);
      if (typeof member === 'string') throw backupError(path, member, { byte: at });
      addMember(path, tally, member, options);
      at += member.size;
    }
    const { header, trailer } = tally;
    if (header === undefined) throw backupError(path, 'it is empty');
    if (trailer === undefined)
      throw backupError(path, 'the trailer is missing; the backup did not end, or the end was cut off');
    return { header, trailer, bytes: file.size };
  } finally {
    await file.close();
  }
}

/** Adds the lines of a member to the tally. Throws for one that a restore can't use. */
export function addMember(path: string, tally: BackupTally, member: Member, options: VerifyOptions): void {
  let isFirst = true;
  for (const bytes of linesOf(member.content)) {
    const number = tally.lines + 1;
    try {
      const line = tally.add(bytes);
      if (line?.kind === 'entry') parseEntryLine(bytes.toString('utf8', 0, bytes.length - 1));
      if (line !== undefined && isFirst) {
        isFirst = false;
        options.onMember?.(member, line);
      }
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      throw backupError(path, error.message, { byte: member.at, line: number });
    }
  }
  options.onProgress?.(tally);
}
