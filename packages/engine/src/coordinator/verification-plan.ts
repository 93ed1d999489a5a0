import { randomBytes } from 'node:crypto';

import type { Operation, SubcollectionSample, VerificationRequest } from '@migrator/core';

import type { CoordinatorContext } from '../engine-context.ts';
import { verificationReport } from '../reports/verification-report.ts';
import { isBalanced } from '../tasks/set-digest.ts';
import { listSegments, countEntries, listUsers } from './listings.ts';
import type { Listing, Plan } from './plan.ts';
import { sampleSubcollections } from './sample-subcollections.ts';

/** Where the listing stands: at a page of users, or behind them. */
const atUsers = 'users:';
const behindSegments = 'segments';

/**
 * Users and segments first: the way from the entries to their items, and the reverse pass. Only where the two have found
 * different items the segments are gone through again, closely. By count, both sides are counted by the same tasks.
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
      if (operation.listing.cursor === behindSegments) return closeLook(context, operation);
      const page = await listUsers(context, listingUsers(operation), request.userIds, signal);
      if (!page.done)
        return { ...page, cursor: page.cursor === undefined ? undefined : atUsers + page.cursor };
      const tasks = [...page.tasks, ...listSegments(context.settings.segments)];
      // Numbers alone leave nothing to look at closely.
      if (request.mode === 'count') return { ...page, tasks };
      return { ...page, tasks, cursor: behindSegments, done: false, waits: true };
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

/** The run that it is a part of has looked already. */
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

/** Segments that are to be looked at closely, once all of the first ways have ended. */
function closeLook(
  { settings }: Pick<CoordinatorContext, 'settings'>,
  { tasks, totals }: Operation,
): Listing {
  if (tasks.completed + tasks.failed < tasks.listed)
    return { tasks: [], cursor: behindSegments, done: false, waits: true };
  const agree = tasks.failed === 0 && isBalanced(totals);
  return {
    tasks: agree ? [] : listSegments(settings.segments, { close: true }),
    cursor: behindSegments,
    done: true,
  };
}
