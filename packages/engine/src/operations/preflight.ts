import type { MigrationRequest } from '@migrator/core';

import { withinLimit } from '../coordinator/within-limit.ts';
import type { EngineContext } from '../engine-context.ts';
import { noData, pruneSourceEmpty } from './empty-source.ts';

const limitMs = 20_000;

/**
 * Checks before a run that it can work. Rejects with the first problem that an operator has to correct. After 20 s it
 * rejects with the service's last error, or NOT_ANSWERED. `signal`: aborts when the caller has disconnected.
 */
export async function preflight(
  context: Pick<EngineContext, 'source' | 'target'>,
  request: MigrationRequest,
  signal?: AbortSignal,
): Promise<void> {
  await withinLimit(limitMs, signal, (limited) => check(context, request, limited));
}

async function check(
  { source, target }: Pick<EngineContext, 'source' | 'target'>,
  request: MigrationRequest,
  signal: AbortSignal,
): Promise<void> {
  const data = requireData();
  // Awaited below. If both checks fail, the table's error is reported.
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
      // Some users without entries are fine; all without entries are an error.
      if (await someUserHasEntries(request.userIds)) return;
    } else {
      const { users } = await source.listUsers({ pageSize: 1, signal });
      // If the collection's name is mistyped there are users but no entries.
      if (users.length > 0 && (await source.hasEntries(signal))) return;
    }
    throw noData(source);
  }
}
