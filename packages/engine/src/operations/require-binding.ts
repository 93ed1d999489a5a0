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
  const other = await foreignRun(ledger, own, parts);
  if (other !== undefined) requireSameBinding(other, own, parts);
}

/** Why this process may not start a run: all runs in the ledger have another source or target. Undefined if it may. */
export async function otherLedgerReason({ ledger, binding }: Context): Promise<string | undefined> {
  const own = await binding();
  const other = await foreignRun(ledger, own, sourceAndTarget);
  if (other === undefined) return undefined;
  const differences = bindingDifferences(other.binding, own, sourceAndTarget);
  const words = describeDifferences(differences, { actual: 'here', expected: `in ${other.id}` });
  return (
    `The records under this QUEUE_PREFIX are of another source or target: ${words}. ` +
    'Set these variables as that run had them, or choose another QUEUE_PREFIX for this pair'
  );
}

/** The newest run, if none in the ledger has this binding. */
async function foreignRun(
  ledger: Context['ledger'],
  own: Binding,
  parts: readonly BindingPart[],
): Promise<Operation | undefined> {
  const ours = await newestRun(ledger, ({ binding }) => isSameBinding(binding, own, parts));
  return ours === undefined ? await newestRun(ledger, () => true) : undefined;
}
