import { MigrationError } from '@migrator/core';

/** Where in a backup file. */
export interface Place {
  /** Of the member of gzip, from the file's beginning. */
  readonly byte: number;
  /** Of the unpacked file, from 1; absent where it is not about a line. */
  readonly line?: number;
}

/** What is wrong with a backup file, and where. */
export function backupError(path: string, says: string, place?: Place): MigrationError {
  const where = place === undefined ? '' : ` (${describePlace(place)})`;
  return new MigrationError('BACKUP_INVALID', `${path} is no whole backup: ${says}${where}.`);
}

function describePlace({ byte, line }: Place): string {
  const inFile = `in the gzip member at byte ${byte}`;
  return line === undefined ? inFile : `line ${line}, ${inFile}`;
}
