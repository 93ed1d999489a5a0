import {
  type CoordinatorState,
  counted,
  isSameBinding,
  type Operation,
  type OperationPhase,
  processedEntries,
} from '@migrator/core';

import { markRolledBack } from '../operations/run-markers.ts';
import { newestRun } from '../reports/migration-report.ts';
import { listSegments } from './listings.ts';
import type { Plan } from './plan.ts';

/** The plan of an operation that scans the table once, segment by segment: a rollback or a prune. */
export function segmentsPlan(phase: OperationPhase): Plan {
  return {
    phase,
    async prepare(context, operation, signal) {
      const { id, request, binding } = operation;
      if (request.kind !== 'rollback') return {};
      if (request.dryRun) return await expectedItems(context, operation);
      // Before the first delete, nothing of the rolled-back runs may write any more: their jobs can't start, and the
      // leases of started ones must have expired. Until then this throws and the coordinator's next round tries
      // again.
      await context.ledger.markRolledBack(id, request.migrationId ?? binding);
      await context.ledger.requireNoLeases();
      const markerError = await markRolledBack(context, operation, request, signal);
      return { markerError, ...(await expectedItems(context, operation)) };
    },
    async list(context) {
      return { tasks: listSegments(context.settings.segments), done: true };
    },
    async nextPart() {
      return undefined;
    },
    async finish(_context, operation) {
      const beyond = operation.totals['beyond'] ?? 0;
      if (beyond > 0) {
        return {
          state: 'completed-with-failures',
          reason:
            `${counted(beyond, 'more item', 'more items')} lost ${beyond === 1 ? 'its' : 'their'} entry while the others were pruned, and ` +
            `${beyond === 1 ? 'was' : 'were'} left alone. Check them with a dry run, then start again`,
        };
      }
      if (operation.tasks.failed === 0) return { state: 'completed' };
      return {
        state: 'completed-with-failures',
        reason: 'some segments of the table could not be processed',
      };
    },
  };
}

/** The expected number of items, from the newest run over all users, because the table's own count is hours old. */
async function expectedItems(
  { ledger }: Parameters<Plan['prepare']>[0],
  { binding }: Operation,
): Promise<CoordinatorState> {
  const run = await newestRun(
    ledger,
    ({ request, binding: other, state }) =>
      state !== 'running' &&
      request.kind === 'migration' &&
      request.userIds === undefined &&
      isSameBinding(other, binding, ['target']),
  );
  if (run === undefined) return {};
  const { failed = 0, unread = 0, vanished = 0 } = run.totals;
  return { totalEntries: processedEntries(run) - failed - unread - vanished };
}
