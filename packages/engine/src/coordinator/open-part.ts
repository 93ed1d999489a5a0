import type { Operation, CoordinatorState, OperationRequest } from '@migrator/core';

import type { CoordinatorContext } from '../engine-context.ts';

type PartKey = 'pruneId' | 'verificationId';

/**
 * The part of an operation whose id is at this key of the state; opened if there is none. Its id is recorded at once.
 * A crash in between leaves a part without tasks, which is harmless.
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

/** Opens another part at the key. `more`: further state to record in the same step. */
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
