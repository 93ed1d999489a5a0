import { MigrationError, type Operation, type OperationRequest } from '@migrator/core';

import type { CoordinatorContext } from '../engine-context.ts';

/** So long a holder of the place may be without a coordinator: between opening it and enqueueing the job. */
const graceMs = 10_000;

/** Another operation holds the place. */
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

/** Opens an operation and sees to its coordinator. One whose holder is gone for good gives the place up. */
export async function startOperation(
  context: CoordinatorContext,
  request: OperationRequest,
): Promise<Operation> {
  for (let attempt = 0; attempt < 2; attempt += 1) {
    const result = await context.ledger.open(request, { now: context.now() });
    if (result.opened) {
      await context.dispatcher.coordinate(result.operation.id);
      return result.operation;
    }
    if (!(await isAbandoned(context, result.current))) throw new OperationRunningError(result.current);
    await context.ledger.close(result.current.id, {
      state: 'failed',
      reason: 'its coordinator is gone from the queue; a new run skips what is there and finishes the work',
      now: context.now(),
    });
  }
  throw new MigrationError('INTERNAL', 'the place of the running operation could not be taken');
}

/** Takes a finished run up again to go through its failed users: all, one, or those with a code. */
export async function retryMigration(
  context: CoordinatorContext,
  id: string,
  wanted: { userId?: string; code?: string },
): Promise<Operation> {
  const result = await context.ledger.reopen(id, wanted);
  if (!result.opened) throw new OperationRunningError(result.current);
  await context.dispatcher.coordinate(id);
  return result.operation;
}

async function isAbandoned(context: CoordinatorContext, operation: Operation): Promise<boolean> {
  if (context.now().getTime() - Date.parse(operation.startedAt) < graceMs) return false;
  return !(await context.dispatcher.isCoordinated(operation.id));
}
