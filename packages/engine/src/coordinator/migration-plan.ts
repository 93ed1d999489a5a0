import type { MigrationRequest } from '@migrator/core';

import { isWithoutData, noData } from '../operations/empty-source.ts';
import { markCompleted, markStarted } from '../operations/run-markers.ts';
import { listFailed, countEntries, listUsers } from './listings.ts';
import { openPart } from './open-part.ts';
import type { Plan } from './plan.ts';
import { pruneFailure, prunePart } from './prune-part.ts';
import { sampleSubcollections } from './sample-subcollections.ts';

export function migrationPlan(request: MigrationRequest): Plan {
  return {
    phase: 'migrating',

    async prepare(context, operation, signal) {
      const [totalEntries, empty, oneByOne, subcollections] = await Promise.all([
        countEntries(context, request.userIds, signal),
        context.target.isEmpty(signal),
        context.target.whyNoBatches(signal),
        sampleSubcollections(context, request.userIds, signal),
        markStarted(context, operation, signal),
      ]);
      return { readFirst: !empty, oneByOne, subcollections, totalEntries };
    },

    list(context, operation, signal) {
      const { retry } = operation.coordinatorState;
      if (retry) return listFailed(context, operation, retry);
      return listUsers(context, operation, request.userIds, signal);
    },

    async nextPart(context, operation) {
      // Without any entry, every item in the table would be an orphan.
      if (isWithoutData(operation, request)) return undefined;
      if (request.prune) {
        const prune = await prunePart(context, operation, request);
        if (prune !== undefined) return prune;
      }
      if (request.dryRun || !request.verify) return undefined;
      const { userIds } = request;
      return openPart(context, operation, 'verificationId', { kind: 'verification', mode: 'full', userIds });
    },

    async finish(context, operation, now, signal) {
      if (isWithoutData(operation, request)) {
        const { code, message } = noData(context.source);
        return { state: 'failed', reason: `${code}: ${message}` };
      }
      const failed = operation.tasks.failed + (operation.totals['failed'] ?? 0);
      const reason = request.prune ? await pruneFailure(context, operation) : undefined;
      if (failed === 0 && reason === undefined) {
        const markerError = await markCompleted(context, operation, now, signal);
        return {
          state: 'completed',
          coordinatorState: markerError === undefined ? undefined : { markerError },
        };
      }
      return { state: 'completed-with-failures', reason };
    },
  };
}
