import type { Operation, OperationFacts, OperationRequest } from '@migrator/core';

import type { CoordinatorContext } from '../engine-context.ts';

type PartFact = 'pruneId' | 'verificationId';

/**
 * The part of an operation that the fact names, opened if there is none yet. Its id is written down at once; a crash in
 * between leaves a part without a task behind, which nobody works on.
 */
export async function openPart(
  context: CoordinatorContext,
  operation: Operation,
  fact: PartFact,
  request: OperationRequest,
): Promise<Operation> {
  const part = await knownPart(context, operation, fact);
  return part ?? (await openNewPart(context, operation, fact, request));
}

export async function knownPart(
  context: CoordinatorContext,
  operation: Operation,
  fact: PartFact,
): Promise<Operation | undefined> {
  const id = operation.facts[fact];
  return id ? await context.ledger.get(id) : undefined;
}

/** A part that follows the one that the fact names, with what else is to be written down in the same step. */
export async function openNewPart(
  context: CoordinatorContext,
  operation: Operation,
  fact: PartFact,
  request: OperationRequest,
  facts: (part: Operation) => OperationFacts = () => ({}),
): Promise<Operation> {
  const opened = await context.ledger.open(request, {
    now: context.now(),
    binding: operation.binding,
    parent: operation.id,
  });
  if (!opened.opened) throw new TypeError(`the ledger refused a part of ${operation.id}`);
  const part = opened.operation;
  await context.ledger.update(operation.id, { facts: { ...facts(part), [fact]: part.id } });
  return part;
}
