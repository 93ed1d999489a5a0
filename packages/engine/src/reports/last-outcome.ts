import {
  type Binding,
  counted,
  isSameBinding,
  type Ledger,
  type Operation,
  processedEntries,
  sourceAndTarget,
} from '@migrator/core';

import type { LastOutcome } from '../api/status.ts';
import { migrationStats } from './migration-stats.ts';
import { rollbackReport } from './rollback-report.ts';
import { verificationReport } from './verification-report.ts';

/** The order of operations that end in the same millisecond. */
const kinds = ['verification', 'rollback', 'migration'] as const;

/** How many of each kind are compared: a retried older run may end after newer ones. */
const newestOfKind = 10;

/**
 * The operation between this source and target that ended last: a run (also a dry run), a verification or a rollback.
 * A run's own verification belongs to the run.
 */
export async function lastOutcome(
  ledger: Pick<Ledger, 'get' | 'list'>,
  own: Binding,
): Promise<LastOutcome | null> {
  const pages = await Promise.all(kinds.map((kind) => ledger.list(kind, { limit: newestOfKind })));
  const [last] = pages
    .flatMap(({ operations }) => operations)
    .filter(({ parent, state, binding }) => {
      return parent === undefined && state !== 'running' && isSameBinding(binding, own, sourceAndTarget);
    })
    .toSorted((a, b) => (b.finishedAt ?? '').localeCompare(a.finishedAt ?? ''));
  if (last === undefined || last.kind === 'prune') return null;
  const { verificationId } = last.coordinatorState;
  const verification = verificationId ? await ledger.get(verificationId) : undefined;
  return {
    kind: last.kind,
    id: last.id,
    state: last.state,
    finishedAt: last.finishedAt ?? last.startedAt,
    message: outcomeMessage(last, verification),
  };
}

/** The outcome of an operation in one sentence. `verification`: the run's own. */
export function outcomeMessage(operation: Operation, verification?: Operation): string {
  switch (operation.kind) {
    case 'verification':
      return verificationReport(operation).message;
    case 'rollback':
      return rollbackReport(operation).message;
    default:
      return runMessage(operation, verification);
  }
}

const ends = {
  running: 'is running',
  completed: 'completed',
  'completed-with-failures': 'completed with failures',
  failed: 'failed',
  cancelled: 'cancelled',
} as const;

function runMessage(operation: Operation, verification: Operation | undefined): string {
  const { request, state, reason } = operation;
  const { successCount, skippedCount, failureCount } = migrationStats(operation, [], 0);
  const isDry = request.kind === 'migration' && request.dryRun;
  const parts = [
    `${counted(processedEntries(operation), 'entry', 'entries')}: ${successCount} ${isDry ? 'would be ' : ''}migrated, ` +
      `${skippedCount} skipped, ${failureCount} failed`,
    ...(reason === undefined ? [] : [reason]),
    ...(verification === undefined || verification.state === 'running'
      ? []
      : [verificationReport(verification).message]),
  ];
  return `${isDry ? 'Dry run' : 'Migration'} ${ends[state]}: ${parts.join('. ')}`;
}
