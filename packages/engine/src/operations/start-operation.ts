import { MigrationError, type Operation, type OperationRequest, sourceAndTarget } from '@migrator/core';

import type { CoordinatorContext } from '../engine-context.ts';
import { startTimeOf } from './start-time.ts';
import { requireOwnRuns, requireSameBinding } from './require-binding.ts';

/** Another operation holds the operation lock. */
export class OperationRunningError extends MigrationError {
  readonly current: Operation;

  constructor(current: Operation) {
    super(
      'OPERATION_RUNNING',
      `${current.id} is running; wait for it, or cancel it, and try again (one operation at a time)`,
    );
    this.current = current;
  }
}

/**
 * Opens an operation and dispatches its coordinator. Throws ABORTED if the caller has disconnected (`signal`),
 * because it could not learn the id.
 */
export async function startOperation(
  context: Omit<CoordinatorContext, 'source' | 'settings'>,
  request: OperationRequest,
  signal?: AbortSignal,
): Promise<Operation> {
  const binding = await context.binding();
  await requireOwn(context, request);
  const now =
    request.kind === 'migration' ? await startTimeOf(context, binding, context.now()) : context.now();
  if (signal?.aborted === true)
    throw new MigrationError('ABORTED', 'the caller has disconnected; nothing was started');
  const result = await context.ledger.open(request, { now, binding });
  if (!result.opened) throw new OperationRunningError(result.current);
  await context.dispatcher.coordinate(result.operation.id);
  return result.operation;
}

/** Throws OTHER_BINDING if the runs that a verification or rollback is about have another source or target. */
async function requireOwn(
  context: Pick<CoordinatorContext, 'ledger' | 'binding'>,
  request: OperationRequest,
): Promise<void> {
  if (request.kind === 'verification') await requireOwnRuns(context);
  if (request.kind !== 'rollback') return;
  if (request.migrationId === undefined) {
    await requireOwnRuns(context, ['target']);
    return;
  }
  const run = await context.ledger.get(request.migrationId);
  if (run !== undefined) requireSameBinding(run, await context.binding(), sourceAndTarget);
}

/** Reopens a run that has ended to retry its failed users: all, one, or those with a code. */
export async function retryMigration(
  context: Pick<CoordinatorContext, 'ledger' | 'binding' | 'dispatcher'>,
  id: string,
  wanted: { userId?: string; code?: string },
): Promise<Operation> {
  const run = await context.ledger.get(id);
  if (run !== undefined) requireSameBinding(run, await context.binding());
  const result = await context.ledger.reopen(id, wanted);
  if (!result.opened) throw new OperationRunningError(result.current);
  await context.dispatcher.coordinate(id);
  return result.operation;
}
