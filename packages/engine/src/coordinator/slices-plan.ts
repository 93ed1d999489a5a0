import type { OperationPhase } from '@migrator/core';

import { listSlices } from './list-slices.ts';
import type { Plan } from './plan.ts';

/** The plan of an operation that goes over the table once, segment by segment: a rollback, or pruning. */
export function slicesPlan(phase: OperationPhase): Plan {
  return {
    phase,
    async prepare({ ledger }, { id, request, binding }) {
      // From the first delete on nothing of what is taken back may write again: no job of it starts any more, and those that
      // have started have had their time. The coordinator comes round again until then.
      if (request.kind === 'rollback' && !request.dryRun) {
        await ledger.markRolledBack(id, request.migrationId ?? binding);
        await ledger.requireNoLeases();
      }
      return {};
    },
    async list(context) {
      return { units: listSlices(context.settings.slices), done: true };
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
      if (operation.units.failed === 0) return { state: 'completed' };
      return {
        state: 'completed-with-failures',
        reason: 'some slices of the table could not be worked through',
      };
    },
  };
}
