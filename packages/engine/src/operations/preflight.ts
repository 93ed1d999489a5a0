import { type MigrationRequest, MigrationError } from '@migrator/core';

import type { EngineContext } from '../engine-context.ts';

/** Looks, before a run, whether it can work at all. Throws the first thing that a person has to mend. */
export async function preflight(
  context: Pick<EngineContext, 'source' | 'target'>,
  request: MigrationRequest,
): Promise<void> {
  const { source, target } = context;
  const data = requireData();
  // Its failure is met when its turn comes: of two troubles it is always the table's that is told.
  data.catch(() => undefined);
  await target.preflight();
  await data;

  async function requireData(): Promise<void> {
    if (request.userIds !== undefined) {
      // An empty user among several is no mistake; all of them empty is.
      for (const userId of request.userIds) {
        const page = await source.readPage({ userId, limit: 1, maxBytes: 1 });
        if (page.entries.length > 0) return;
      }
    } else {
      const { users } = await source.listUsers({ pageSize: 1 });
      if (users.length > 0) return;
    }
    throw new MigrationError(
      'NO_DATA',
      `No data found in Firestore at ${source.describe()}; ` +
        'check GOOGLE_CLOUD_PROJECT, FIRESTORE_DATABASE_ID, USERS_COLLECTION and JOURNAL_COLLECTION',
    );
  }
}
