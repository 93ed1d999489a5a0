import {
  type MigrationRequest,
  MigrationError,
  type Operation,
  processedEntries,
  type Source,
} from '@migrator/core';

/** The error for a source without data, with the message that the contract gives. */
export function noData(source: Pick<Source, 'describe' | 'binding'>): MigrationError {
  const { emulator } = source.binding;
  const where = emulator === undefined ? '' : ` of the emulator at ${emulator} (FIRESTORE_EMULATOR_HOST)`;
  return new MigrationError(
    'NO_DATA',
    `No data found in Firestore at ${source.describe()}${where}; ` +
      'check GOOGLE_CLOUD_PROJECT, FIRESTORE_DATABASE_ID, USERS_COLLECTION and JOURNAL_COLLECTION. ' +
      'If there really is none, start with allowEmpty: true',
  );
}

/** Whether all users of the run are done without any entry, and the request does not allow that. */
export function isWithoutData(operation: Operation, { allowEmpty = false }: MigrationRequest): boolean {
  return !allowEmpty && operation.tasks.failed === 0 && processedEntries(operation) === 0;
}

/** The error for a prune against a source without entries: every item would be an orphan. */
export function pruneSourceEmpty(
  source: Source,
  { userIds }: Pick<MigrationRequest, 'userIds'>,
): MigrationError {
  const whose = userIds === undefined ? '' : ' of the given users';
  return new MigrationError(
    'PRUNE_SOURCE_EMPTY',
    `Firestore has no entries${whose} at ${source.describe()}, so everything would be pruned: nothing was. ` +
      'Check GOOGLE_CLOUD_PROJECT, FIRESTORE_DATABASE_ID, USERS_COLLECTION and JOURNAL_COLLECTION; ' +
      'to delete what was migrated, use the rollback',
  );
}
