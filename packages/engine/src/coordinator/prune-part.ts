import { type MigrationRequest, type Operation, processedEntries, pruneRefusal } from '@migrator/core';

import type { CoordinatorContext } from '../engine-context.ts';
import { pruneSourceEmpty } from '../operations/empty-source.ts';
import { knownPart, openNewPart } from './open-part.ts';

/**
 * The current part of a run that prunes; undefined when there is none or none is left:
 *
 *     entries there are? ──► count the orphans ──► as many as may go? ──► remove them
 *          └─ no: refused                              └─ no: refused
 *
 * A dry run only counts. A refusal is recorded with its reason; then nothing has been removed.
 */
export async function prunePart(
  context: Pick<CoordinatorContext, 'source' | 'ledger' | 'now'>,
  operation: Operation,
  request: MigrationRequest,
): Promise<Operation | undefined> {
  const { ledger } = context;
  const { userIds, dryRun } = request;
  if (operation.coordinatorState.pruneRefused) return undefined;
  const refuse = async (reason: string): Promise<undefined> => {
    await ledger.update(operation.id, { coordinatorState: { pruneRefused: reason } });
    return undefined;
  };
  const part = await knownPart(context, operation, 'pruneId');
  if (part === undefined) {
    if (processedEntries(operation) === 0) {
      const { code, message } = pruneSourceEmpty(context.source, request);
      return await refuse(`${code}: ${message}`);
    }
    const counting = { kind: 'prune', dryRun: true, userIds, list: dryRun } as const;
    return await openNewPart(context, operation, 'pruneId', counting, ({ id }) =>
      dryRun ? { prunedBy: [id] } : {},
    );
  }
  if (part.state === 'running') return part;
  const isCount = part.request.kind === 'prune' && part.request.dryRun;
  if (!isCount || dryRun) return undefined;
  if (part.state !== 'completed') {
    return await refuse('What is to be pruned could not be counted: nothing was pruned. Start again');
  }
  const found = part.totals['deleted'] ?? 0;
  const before = await prunedBefore(context, operation);
  const counts = { found: found + before, owned: (part.totals['owned'] ?? 0) + before };
  const refusal = pruneRefusal(counts, request.pruneCount);
  if (refusal !== undefined) return await refuse(refusal);
  if (found === 0) return undefined;
  const removing = { kind: 'prune', dryRun: false, userIds, limit: found, list: true } as const;
  return await openNewPart(context, operation, 'pruneId', removing, ({ id }) => ({
    prunedBy: [...(operation.coordinatorState.prunedBy ?? []), id],
  }));
}

/** The number of items removed before earlier ends of the same run. They count towards the confirmed number. */
async function prunedBefore(
  { ledger }: Pick<CoordinatorContext, 'ledger'>,
  { coordinatorState }: Operation,
): Promise<number> {
  let sum = 0;
  for (const id of coordinatorState.prunedBy ?? []) sum += (await ledger.get(id))?.totals['deleted'] ?? 0;
  return sum;
}

/** Why the prune of a run is incomplete; undefined if it is not. */
export async function pruneFailure(
  context: Pick<CoordinatorContext, 'ledger'>,
  operation: Operation,
): Promise<string | undefined> {
  if (operation.coordinatorState.pruneRefused) return operation.coordinatorState.pruneRefused;
  const part = await knownPart(context, operation, 'pruneId');
  if (part === undefined || part.state === 'completed') return undefined;
  return part.reason ?? 'Some items could not be pruned';
}
