import type { MigrationRequest } from '@migrator/core';

import { withinLimit } from '../coordinator/within-limit.ts';
import type { EngineContext } from '../engine-context.ts';
import { noData, pruneSourceEmpty } from './empty-source.ts';

const limitMs = 20_000;

/**
 * Looks, before a run, whether it can work at all. Throws the first thing that a person has to correct; the service's own
 * words where that keeps it waiting for longer than 20 s. `signal`: the caller has gone.
 */
export async function preflight(
  context: Pick<EngineContext, 'source' | 'target'>,
  request: MigrationRequest,
  signal?: AbortSignal,
): Promise<void> {
  await withinLimit(limitMs, signal, (limited) => look(context, request, limited));
}

async function look(
  { source, target }: Pick<EngineContext, 'source' | 'target'>,
  request: MigrationRequest,
  signal: AbortSignal,
): Promise<void> {
  const data = requireData();
  // Its failure is met when its turn comes: of two troubles it is always the table's that is told.
  data.catch(() => undefined);
  await target.preflight(signal);
  if (request.prune && !(await hasEntries())) throw pruneSourceEmpty(source, request);
  await data;

  async function hasEntries(): Promise<boolean> {
    if (request.userIds === undefined) return await source.hasEntries(signal);
    return await someUserHasEntries(request.userIds);
  }

  async function someUserHasEntries(userIds: readonly string[]): Promise<boolean> {
    for (const userId of userIds) {
      const page = await source.readPage({ userId, limit: 1, maxBytes: 1, signal });
      if (page.entries.length > 0) return true;
    }
    return false;
  }

  async function requireData(): Promise<void> {
    if (request.allowEmpty === true) return;
    if (request.userIds !== undefined) {
      // An empty user among several is no mistake; all of them empty is.
      if (await someUserHasEntries(request.userIds)) return;
    } else {
      const { users } = await source.listUsers({ pageSize: 1, signal });
      // Of a mistyped collection Firestore knows no entry, while the users are there.
      if (users.length > 0 && (await source.hasEntries(signal))) return;
    }
    throw noData(source);
  }
}
