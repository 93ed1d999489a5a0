import type { OperationPhase } from '@migrator/core';

import { markRolledBack } from '../operations/run-markers.ts';
import { listSegments } from './list-segments.ts';
import type { Plan } from './plan.ts';

/** The plan of an operation that goes over the table once, segment by segment: a rollback, or pruning. */
export function segmentsPlan(phase: OperationPhase): Plan {
  return {
    phase,
    async prepare(context, operation, signal) {
      const { id, request, binding } = operation;
      // From the first delete on nothing of what is taken back may write again: no job of it starts any more, and those that
      // have started have had their time. The coordinator comes round again until then.
      if (request.kind === 'rollback' && !request.dryRun) {
        await context.ledger.markRolledBack(id, request.migrationId ?? binding);
        await context.ledger.requireNoLeases();
        const markerTrouble = await markRolledBack(context, operation, request, signal);
        if (markerTrouble !== undefined) return { markerTrouble };
      }
      return {};
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
            `${beyond} more items lost their entry while the others were pruned, and were left alone. ` +
            'Look at them with a dry run, then start again',
        };
      }
      if (operation.tasks.failed === 0) return { state: 'completed' };
      return {
        state: 'completed-with-failures',
        reason: 'some segments of the table could not be worked through',
      };
    },
  };
}
