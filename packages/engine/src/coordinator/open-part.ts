import type { Operation, OperationRequest } from '@migrator/core';

import type { CoordinatorContext } from '../engine-context.ts';

/**
 * The part of an operation that the fact names, opened if there is none yet. Its id is written down at once; a crash in
 * between leaves a part without a unit behind, which nobody works on.
 */
export async function openPart(
  context: CoordinatorContext,
  operation: Operation,
  fact: 'pruneId' | 'verificationId',
  request: OperationRequest,
): Promise<Operation> {
  const known = operation.facts[fact];
  const part = known ? await context.ledger.get(known) : undefined;
  if (part !== undefined) return part;
  const opened = await context.ledger.open(request, {
    now: context.now(),
    binding: operation.binding,
    parent: operation.id,
  });
  if (!opened.opened) throw new TypeError(`the ledger refused a part of ${operation.id}`);
  await context.ledger.update(operation.id, { facts: { [fact]: opened.operation.id } });
  return opened.operation;
}
