import { MigrationError } from '@migrator/core';

/** A position in a backup file. */
export interface Place {
  /** The offset of the gzip member in the file. */
  readonly byte: number;
  /** The line in the unpacked file, from 1; absent if the error is not about a line. */
  readonly line?: number;
}

/** The error for an invalid backup file. `fault`: what is wrong. `place`: where. */
export function backupError(path: string, fault: string, place?: Place): MigrationError {
  const where = place === undefined ? '' : ` (${describePlace(place)})`;
  return new MigrationError('BACKUP_INVALID', `${path} is no complete backup: ${fault}${where}.`);
}

function describePlace({ byte, line }: Place): string {
  const inFile = `in the gzip member at byte ${byte}`;
  return line === undefined ? inFile : `line ${line}, ${inFile}`;
}
