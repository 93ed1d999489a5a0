import {
  type Binding,
  bindingDifferences,
  type BindingPart,
  describeDifferences,
  isSameBinding,
  MigrationError,
  type Operation,
  sourceAndTarget,
} from '@migrator/core';

import type { EngineContext } from '../engine-context.ts';
import { newestRun } from '../reports/migration-report.ts';

type Context = Pick<EngineContext, 'ledger' | 'binding'>;

/** Throws OTHER_BINDING if the operation is bound to another source, target or settings than this process. */
export function requireSameBinding(
  operation: Pick<Operation, 'id' | 'binding'>,
  own: Binding,
  parts?: readonly BindingPart[],
): void {
  const differences = bindingDifferences(operation.binding, own, parts);
  if (differences.length === 0) return;
  const words = describeDifferences(differences, { actual: 'here', expected: `in ${operation.id}` });
  throw new MigrationError(
    'OTHER_BINDING',
    `The configuration of this process differs from that of ${operation.id}: ${words}. ` +
      'Set these variables to the values of that run and restart this process, or call a process with those values',
  );
}

/** For requests about "the last run": throws OTHER_BINDING if all known runs differ from this process in `parts`. */
export async function requireOwnRuns(
  { ledger, binding }: Context,
  parts: readonly BindingPart[] = sourceAndTarget,
): Promise<void> {
  const own = await binding();
  if ((await newestRun(ledger, (run) => isSameBinding(run.binding, own, parts))) !== undefined) return;
  const other = await newestRun(ledger, () => true);
  if (other !== undefined) requireSameBinding(other, own, parts);
}

/**
 * What to tell where the ledger is about another source or target than this process: it has runs, and none is of this
 * process's. Undefined where it may be used.
 */
export async function otherLedgerReason({ ledger, binding }: Context): Promise<string | undefined> {
  const own = await binding();
  if ((await newestRun(ledger, (run) => isSameBinding(run.binding, own, sourceAndTarget))) !== undefined)
    return;
  const other = await newestRun(ledger, () => true);
  if (other === undefined) return;
  const differences = bindingDifferences(other.binding, own, sourceAndTarget);
  const words = describeDifferences(differences, { actual: 'here', expected: `in ${other.id}` });
  return (
    `The records under this QUEUE_PREFIX are of another source or target: ${words}. ` +
    'Set these variables as that run had them, or choose another QUEUE_PREFIX for this pair'
  );
}
