import { type Control, MigrationError, type Operation, type Ledger } from '@migrator/core';

import type { CoordinatorContext } from '../engine-context.ts';

/** Pauses, resumes or cancels what is running, over all processes. */
export async function controlCurrent(
  context: Pick<CoordinatorContext, 'ledger' | 'dispatcher'>,
  control: Control,
): Promise<Operation> {
  const operation = await context.ledger.current();
  if (operation === undefined) throw new MigrationError('NOTHING_RUNNING', 'Nothing is running');
  if (operation.control === 'cancel' && control !== 'cancel') {
    throw new MigrationError('NOTHING_RUNNING', `${operation.id} is being cancelled already`);
  }
  await context.ledger.control(operation.id, control);
  // The supervisor would do it in its next tick; a person should not have to wait for that. The state comes last: what
  // the queue does before it is known as ours is taken for a person's, who wants the same.
  if (control !== 'cancel') {
    if (control === 'pause') await context.dispatcher.pause();
    else await context.dispatcher.resume();
    await context.ledger.update(operation.id, { coordinatorState: { queuePaused: control === 'pause' } });
  }
  await context.dispatcher.coordinate(operation.id);
  return operation;
}

/**
 * Whether any attempt may still write. Tells pausing from paused: the queue's own count of active jobs keeps those of a
 * worker that is gone until another worker looks.
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
