import {
  type MigrationRequest,
  MigrationError,
  type Operation,
  processedEntries,
  type Source,
} from '@migrator/core';

/** The guide's words for a source that holds nothing where it is looked for. */
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

/** Whether all users of the run were gone through, no entry was met, and the request does not allow that. */
export function isWithoutData(operation: Operation, { allowEmpty = false }: MigrationRequest): boolean {
  return !allowEmpty && operation.tasks.failed === 0 && processedEntries(operation) === 0;
}

/** Of a run that meets no entry: what a prune would take for orphans is all there is. */
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
