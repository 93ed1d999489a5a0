import type { Binding } from '@migrator/core';
import type { MarkedRun } from '@migrator/engine';

import type { Services } from '@migrator/runtime';
import { covers } from '../covers.ts';
import { isFinished, type MigrationResult } from '../migration-result.ts';
import type { ResolvedOptions } from '../options.ts';
import { requireTable, resultOfMarkedRun, runOfTable } from '../table-record.ts';
import { readLastResult, requestWithoutUsers } from './state-file.ts';

/**
 * The result of the newest run that covers the request, if it leaves nothing to do. The state file and the table each
 * record a run: the file has more details, but may be lost or older. Throws ROLLED_BACK if the table's run was rolled
 * back.
 */
export async function knownResult(
  { target }: Pick<Services, 'target'>,
  binding: Binding,
  wanted: ResolvedOptions,
): Promise<MigrationResult | undefined> {
  const { config, request, stateFile, again } = wanted;
  if (again || request.dryRun) return undefined;
  const last = stateFile === undefined ? undefined : await readLastResult(stateFile, binding);
  const savedRequest = config.hideUserData ? requestWithoutUsers(request) : request;
  const saved = last !== undefined && covers(last.request, savedRequest) ? last.result : undefined;
  const isSaved = saved !== undefined && isFinished(saved);

  let marked: MarkedRun | undefined;
  try {
    marked = await runOfTable(target, binding, wanted);
  } catch (error) {
    if (!isSaved || wanted.signal?.aborted === true) throw error;
  }
  if (marked !== undefined) {
    const { operation } = marked;
    const isNewer = saved === undefined || operation.id > saved.migrationId;
    const isRolledBack = operation.coordinatorState.rolledBackBy !== undefined;
    if (isNewer || (isRolledBack && operation.id === saved.migrationId))
      return await resultOfMarkedRun(marked, wanted);
  }
  if (!isSaved) return undefined;
  await requireTable(target);
  return saved;
}
