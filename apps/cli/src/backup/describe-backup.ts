import { describeSource } from '@migrator/core';
import type { BackupSummary } from '@migrator/firestore';

import { amount } from '../amount.ts';
import { namedRows } from '../cli/columns.ts';
import type { Outcome } from '../cli/run-command.ts';

/** The contents of a backup, in rows. */
export function describeBackup(path: string, { header, trailer, bytes }: BackupSummary): string {
  const only = header.userIds === undefined ? '' : ` (${amount(header.userIds.length)} were requested)`;
  return `${path}\n${namedRows({
    source: describeSource(header.source),
    entries: amount(trailer.entries),
    users: `${amount(trailer.users)}${only}`,
    read: `${header.startedAt} to ${trailer.finishedAt}`,
    size: `${(bytes / 1024 / 1024).toFixed(1)} MiB`,
    sha256: trailer.sha256,
  })}`;
}

export function outcomeOfBackup(path: string, summary: BackupSummary, text: string): Outcome {
  const { header, trailer, bytes } = summary;
  const { source, startedAt, userIds } = header;
  return { value: { file: path, bytes, source, userIds, startedAt, ...trailer }, text };
}
