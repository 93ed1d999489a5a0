import type { Operation, CoordinatorState, OperationRequest } from '@migrator/core';

import type { CoordinatorContext } from '../engine-context.ts';

type PartKey = 'pruneId' | 'verificationId';

/**
 * The part of an operation whose id is at the key, opened if there is none yet. Its id is written down at once; a crash in
 * between leaves a part without a task behind, which no worker takes.
 */
export async function openPart(
  context: Pick<CoordinatorContext, 'ledger' | 'now'>,
  operation: Operation,
  partKey: PartKey,
  request: OperationRequest,
): Promise<Operation> {
  const part = await knownPart(context, operation, partKey);
  return part ?? (await openNewPart(context, operation, partKey, request));
}

export async function knownPart(
  context: Pick<CoordinatorContext, 'ledger'>,
  operation: Operation,
  partKey: PartKey,
): Promise<Operation | undefined> {
  const id = operation.coordinatorState[partKey];
  return id ? await context.ledger.get(id) : undefined;
}

/** A part that follows the one at the key. `more`: what else is to be written down in the same step. */
export async function openNewPart(
  context: Pick<CoordinatorContext, 'ledger' | 'now'>,
  operation: Operation,
  partKey: PartKey,
  request: OperationRequest,
  more: (part: Operation) => CoordinatorState = () => ({}),
): Promise<Operation> {
  const opened = await context.ledger.open(request, {
    now: context.now(),
    binding: operation.binding,
    parent: operation.id,
  });
  if (!opened.opened) throw new TypeError(`the ledger refused a part of ${operation.id}`);
  const part = opened.operation;
  await context.ledger.update(operation.id, {
    coordinatorState: { ...more(part), [partKey]: part.id },
  });
  return part;
}
