import type { MigrationRequest } from '@migrator/core';

/** Whether a run of one request does everything that another request wants. */
export function covers(run: MigrationRequest, wanted: MigrationRequest): boolean {
  if (run.dryRun !== wanted.dryRun || !coversUsers(run.userIds, wanted.userIds)) return false;
  // A dry run neither verifies nor prunes.
  return wanted.dryRun || ((run.verify || !wanted.verify) && (run.prune || !wanted.prune));
}

function coversUsers(run: readonly string[] | undefined, wanted: readonly string[] | undefined): boolean {
  if (run === undefined) return true;
  if (wanted === undefined) return false;
  const users = new Set(run);
  return wanted.every((userId) => users.has(userId));
}
