import { type MigrationRequest, MigrationError, type Source } from '@migrator/core';

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
