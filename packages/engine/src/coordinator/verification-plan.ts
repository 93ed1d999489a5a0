import { randomBytes } from 'node:crypto';

import type { Operation, SubcollectionSample, VerificationRequest } from '@migrator/core';

import type { CoordinatorContext } from '../engine-context.ts';
import { verificationReport } from '../reports/verification-report.ts';
import { isBalanced } from '../tasks/set-digest.ts';
import { listSegments, countEntries, listUsers } from './listings.ts';
import type { Listing, Plan } from './plan.ts';
import { sampleSubcollections } from './sample-subcollections.ts';

/** The cursor of the listing: at a page of users, or after the segments. */
const atUsers = 'users:';
const afterSegments = 'segments';

/**
 * First the forward pass (a task for each user, from entries to items) and the reverse pass (a task for each
 * segment). Only if the two found different items, the segments are scanned again, to find them by name. In mode
 * `count` the same tasks count both sides.
 */
export function verificationPlan(request: VerificationRequest): Plan {
  return {
    phase: 'verifying',

    async prepare(context, operation, signal) {
      const [totalEntries, subcollections] = await Promise.all([
        countEntries(context, request.userIds, signal),
        sampleOf(context, operation, signal),
      ]);
      return { setKey: randomBytes(16).toString('hex'), subcollections, totalEntries };
    },

    async list(context, operation, signal) {
      if (operation.listing.cursor === afterSegments) return rescanPage(context, operation);
      const page = await listUsers(context, listingUsers(operation), request.userIds, signal);
      if (!page.done)
        return { ...page, cursor: page.cursor === undefined ? undefined : atUsers + page.cursor };
      const tasks = [...page.tasks, ...listSegments(context.settings.segments)];
      // Counts alone give nothing to rescan.
      if (request.mode === 'count') return { ...page, tasks };
      return { ...page, tasks, cursor: afterSegments, done: false, blocked: true };
    },

    async nextPart() {
      return undefined;
    },

    async finish(_context, operation) {
      if (operation.tasks.failed > 0) {
        return { state: 'failed', reason: 'some users or segments could not be compared; see its issues' };
      }
      return { state: verificationReport(operation).isValid ? 'completed' : 'completed-with-failures' };
    },
  };
}

/** The sample of the parent run, which was taken already; without a parent a new one. */
async function sampleOf(
  context: Pick<CoordinatorContext, 'source' | 'ledger' | 'settings'>,
  { parent, request }: Operation,
  signal: AbortSignal,
): Promise<SubcollectionSample> {
  const run = parent === undefined ? undefined : await context.ledger.get(parent);
  if (run?.coordinatorState.subcollections !== undefined) return run.coordinatorState.subcollections;
  const userIds = request.kind === 'verification' ? request.userIds : undefined;
  return await sampleSubcollections(context, userIds, signal);
}

function listingUsers(operation: Operation): Operation {
  const { listing } = operation;
  return { ...operation, listing: { ...listing, cursor: listing.cursor?.slice(atUsers.length) } };
}

/** The segments to scan again, once both passes have ended. */
function rescanPage(
  { settings }: Pick<CoordinatorContext, 'settings'>,
  { tasks, totals }: Operation,
): Listing {
  if (tasks.completed + tasks.failed < tasks.listed)
    return { tasks: [], cursor: afterSegments, done: false, blocked: true };
  const agree = tasks.failed === 0 && isBalanced(totals);
  return {
    tasks: agree ? [] : listSegments(settings.segments, { rescan: true }),
    cursor: afterSegments,
    done: true,
  };
}
