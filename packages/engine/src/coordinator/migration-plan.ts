import type { MigrationRequest } from '@migrator/core';

import { listFailed } from './list-failed.ts';
import { countEntries, listUsers } from './list-users.ts';
import { openPart } from './open-part.ts';
import type { Plan } from './plan.ts';

export function migrationPlan(request: MigrationRequest): Plan {
  return {
    phase: 'migrating',

    async prepare(context, _operation, signal) {
      const [totalEntries, empty] = await Promise.all([
        countEntries(context, request.userIds, signal),
        context.target.isEmpty(signal),
      ]);
      return { readFirst: !empty, ...(totalEntries === undefined ? {} : { totalEntries }) };
    },

    list(context, operation, signal) {
      const { retry } = operation.facts;
      if (retry) return listFailed(context, operation, retry);
      return listUsers(context, operation, request.userIds, signal);
    },

    async nextPart(context, operation) {
      if (request.dryRun) return undefined;
      const only = request.userIds === undefined ? {} : { userIds: request.userIds };
      if (request.prune) {
        const prune = await openPart(context, operation, 'pruneId', { kind: 'prune', ...only });
        if (prune.state === 'running') return prune;
      }
      if (!request.verify) return undefined;
      return openPart(context, operation, 'verificationId', { kind: 'verification', mode: 'full', ...only });
    },

    async finish(_context, operation) {
      const failed = operation.units.failed + (operation.totals['failed'] ?? 0);
      return { state: failed === 0 ? 'completed' : 'completed-with-failures' };
    },
  };
}
