import { type Operation, unitId } from '@migrator/core';

import type { CoordinatorContext } from '../engine-context.ts';
import type { Listing } from './plan.ts';

/** The next failed users of a run that is retried: all, one, or those with a failure of one code. */
export async function listFailed(
  context: CoordinatorContext,
  operation: Operation,
  wanted: { readonly userId?: string; readonly code?: string },
): Promise<Listing> {
  const { ledger } = context;
  const { cursor } = operation.listing;
  if (wanted.userId !== undefined) {
    const units = await ledger.requeueFailed(operation.id, [unitId({ type: 'user', userId: wanted.userId })]);
    return { units, done: true };
  }
  const page = await ledger.listUnits(operation.id, {
    states: ['failed'],
    ...(cursor === undefined ? {} : { cursor }),
  });
  const { code } = wanted;
  const chosen: string[] = [];
  for (const unit of page.units) {
    if (code === undefined || (await mayHaveFailedWith(context, operation, unit, code))) chosen.push(unit);
  }
  const units = await ledger.requeueFailed(operation.id, chosen);
  return {
    units,
    done: page.cursor === undefined,
    ...(page.cursor === undefined ? {} : { cursor: page.cursor }),
  };
}

/** A unit of whose failures none is kept by name (there were too many) may have any code: it is retried. */
async function mayHaveFailedWith(
  context: CoordinatorContext,
  operation: Operation,
  unit: string,
  code: string,
): Promise<boolean> {
  const issues = await context.ledger.unitIssues(operation.id, unit);
  return issues.length === 0 || issues.some((issue) => issue.code === code);
}
