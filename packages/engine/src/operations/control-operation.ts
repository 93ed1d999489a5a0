import { type Control, MigrationError, type Operation, type Ledger } from '@migrator/core';

import type { CoordinatorContext } from '../engine-context.ts';

/** The reason of a pause by a request. It begins with no code: that is an error's. */
const pausedByRequest = 'paused by an operator; resume it with POST /resume';

/** Pauses, resumes or cancels the active operation, on all workers. */
export async function controlCurrent(
  context: Pick<CoordinatorContext, 'ledger' | 'dispatcher'>,
  control: Control,
): Promise<Operation> {
  const operation = await context.ledger.current();
  if (operation === undefined) throw new MigrationError('NOTHING_RUNNING', 'Nothing is running');
  if (operation.control === 'cancel' && control !== 'cancel') {
    throw new MigrationError('NOTHING_RUNNING', `${operation.id} is being cancelled already`);
  }
  // A run that an error has paused keeps that reason.
  const why = operation.control === 'pause' ? operation.reason : undefined;
  const reason = control === 'pause' ? (why ?? pausedByRequest) : undefined;
  await context.ledger.control(operation.id, control, reason);
  // The supervisor would do it in its next tick; doing it here saves that wait. The state is written last: until then
  // the supervisor takes the queue's change for an operator's, which has the same effect.
  if (control !== 'cancel') {
    if (control === 'pause') await context.dispatcher.pause();
    else await context.dispatcher.resume();
    await context.ledger.update(operation.id, { coordinatorState: { queuePaused: control === 'pause' } });
  }
  await context.dispatcher.coordinate(operation.id);
  return operation;
}

/**
 * Whether any attempt may still write, which distinguishes pausing from paused. The queue's count of active jobs
 * would not do: it includes those of a dead worker until another one finds them stalled.
 */
export async function hasLeases(ledger: Ledger): Promise<boolean> {
  try {
    await ledger.requireNoLeases();
    return false;
  } catch (error) {
    if (MigrationError.codeOf(error) === 'LEASES_OUTSTANDING') return true;
    throw error;
  }
}
