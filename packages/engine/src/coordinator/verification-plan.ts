import type { VerificationRequest } from '@migrator/core';

import { verificationReport } from '../reports/verification-report.ts';
import { listSlices } from './list-slices.ts';
import { countEntries, listUsers } from './list-users.ts';
import type { Plan } from './plan.ts';

export function verificationPlan(request: VerificationRequest): Plan {
  return {
    phase: 'verifying',

    async prepare(context) {
      if (request.mode === 'count') {
        const [firestore, dynamodb] = await Promise.all([
          context.source.countEntries(),
          context.target.countJournalItems(),
        ]);
        return { counts: { firestore, dynamodb } };
      }
      const totalEntries = await countEntries(context, request.userIds);
      return totalEntries === undefined ? {} : { totalEntries };
    },

    async list(context, operation) {
      if (request.mode === 'count') return { units: [], done: true };
      const page = await listUsers(context, operation, request.userIds);
      if (!page.done) return page;
      return { ...page, units: [...page.units, ...listSlices(context.settings.slices)] };
    },

    async nextPart() {
      return undefined;
    },

    async finish(_context, operation) {
      if (operation.units.failed > 0) {
        return { state: 'failed', reason: 'some users or slices could not be compared; see its issues' };
      }
      return { state: verificationReport(operation).isValid ? 'completed' : 'completed-with-failures' };
    },
  };
}
