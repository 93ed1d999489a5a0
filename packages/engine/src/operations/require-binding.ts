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

/** Throws OTHER_BINDING where the operation is about something else than this process is configured for. */
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
    `This process is configured for something else than ${operation.id}: ${words}. ` +
      'Set these variables as that run had them and start this process again, or ask one that has them so',
  );
}

/** For what is about "the last run": throws OTHER_BINDING where all known runs have another source or target than `parts`. */
export async function requireOwnRuns(
  { ledger, binding }: Context,
  parts: readonly BindingPart[] = sourceAndTarget,
): Promise<void> {
  const own = await binding();
  if ((await newestRun(ledger, (run) => isSameBinding(run.binding, own, parts))) !== undefined) return;
  const other = await newestRun(ledger, () => true);
  if (other !== undefined) requireSameBinding(other, own, parts);
}
