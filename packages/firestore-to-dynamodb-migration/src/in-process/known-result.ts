import type { Binding } from '@migrator/core';
import type { MarkedRun } from '@migrator/engine';

import type { Services } from '@migrator/runtime';
import { covers } from '../covers.ts';
import { isFinished, type MigrationResult, resultOf } from '../migration-result.ts';
import { nextStep } from '../next-step.ts';
import type { ResolvedOptions } from '../options.ts';
import { requireTable, runOfTable } from '../ask-table.ts';
import { readLastResult, requestWithoutUsers } from './state-file.ts';

/**
 * The result of the newest run that did what is wanted, if it leaves nothing to do. The state file and the table each know of
 * one: the file tells more, and may be lost, or older. Throws ROLLED_BACK where the table says so.
 */
export async function knownResult(
  { target }: Pick<Services, 'target'>,
  binding: Binding,
  wanted: ResolvedOptions,
): Promise<MigrationResult | undefined> {
  const { config, request, stateFile, again } = wanted;
  if (again || request.dryRun) return undefined;
  const last = stateFile === undefined ? undefined : await readLastResult(stateFile, binding);
  const asFiled = config.hideUserData ? requestWithoutUsers(request) : request;
  const filed = last !== undefined && covers(last.request, asFiled) ? last.result : undefined;
  const isFiled = filed !== undefined && isFinished(filed);

  let marked: MarkedRun | undefined;
  try {
    marked = await runOfTable(target, binding, wanted);
  } catch (error) {
    if (!isFiled || wanted.signal?.aborted === true) throw error;
  }
  if (marked !== undefined) {
    const { operation } = marked;
    const isNewer = filed === undefined || operation.id > filed.migrationId;
    const isRolledBack = operation.coordinatorState.rolledBackBy !== undefined;
    if (isNewer || (isRolledBack && operation.id === filed.migrationId)) {
      const step = nextStep(operation, operation, wanted, false);
      return step.take === 'result' ? await resultOf(marked.ledger, operation) : undefined;
    }
  }
  if (!isFiled) return undefined;
  await requireTable(target);
  return filed;
}
