import { errorTable, isSameBinding, messageOf, MigrationError, type Operation } from '@migrator/core';

import type { CoordinatorContext } from '../engine-context.ts';
import { doneBy } from '../reports/current-status.ts';
import { withinLimit } from './within-limit.ts';
import { migrationPlan } from './migration-plan.ts';
import { nextRate } from './next-rate.ts';
import type { Listing, Plan } from './plan.ts';
import { segmentsPlan } from './segments-plan.ts';
import { verificationPlan } from './verification-plan.ts';

export type Round =
  | {
      readonly ended: false;
      /** Milliseconds until the next round. */
      readonly delayMs: number;
      readonly operation: Operation;
      /** This process has another binding: another process has to do the rounds. */
      readonly isOtherBinding?: true;
    }
  | { readonly ended: true };

/** The delay while tasks run. The end of the last one wakes the coordinator, so this is only for what wakes none. */
const pollMs = 250;
/** The delay while users are still listed. Within it all workers together end fewer tasks than are listed ahead. */
const listingPollMs = 100;
/** The time limit of a round. After it the round fails with the service's last error, and is repeated. */
const roundLimitMs = 10_000;
const retryMs = 3_000;
const otherBindingMs = 1_000;
const outageShownMs = 15_000;

/**
 * One round of an operation's coordinator. All its state is in the ledger, so any process may do the next round.
 * After a crash between any two steps the next round repeats them. A lost job is restored by the supervisor.
 *
 *     listing ──► migrating (verifying, rolling-back) ──► its parts, one after another ──► over
 *        │             │  every round: fill the window of tasks
 *        └─ pause: no task starts, rounds only wait ─── resume ─┘
 *        └─ cancel: waiting tasks are removed, running ones stop ──► over
 *
 * The operation has ended when all users are listed, no task is outstanding and no part remains: `plan.finish` gives
 * its final state, `ledger.close` records it. A part (a run's verification) is coordinated by the rounds of its
 * parent.
 */
export async function coordinate(
  context: CoordinatorContext,
  operationId: string,
  signal?: AbortSignal,
): Promise<Round> {
  const operation = await context.ledger.get(operationId);
  if (operation === undefined || operation.state !== 'running') return { ended: true };
  try {
    if (operation.control === 'cancel') return await cancelRound(context, operation);
    if (operation.control === 'pause') return { ended: false, delayMs: pollMs, operation };
    if (!isSameBinding(operation.binding, await context.binding())) {
      return { ended: false, delayMs: otherBindingMs, operation, isOtherBinding: true };
    }
    return await withinLimit(roundLimitMs, signal, (limited) =>
      workRound(context, operation, planFor(operation), limited),
    );
  } catch (error) {
    return errorRound(context, operation, error);
  }
}

function planFor({ request }: Operation): Plan {
  switch (request.kind) {
    case 'migration':
      return migrationPlan(request);
    case 'verification':
      return verificationPlan(request);
    case 'rollback':
      return segmentsPlan('rolling-back');
    case 'prune':
      return segmentsPlan('migrating');
  }
}

async function workRound(
  context: CoordinatorContext,
  operation: Operation,
  plan: Plan,
  signal: AbortSignal,
): Promise<Round> {
  if (operation.coordinatorState.prepared !== true) {
    const coordinatorState = await plan.prepare(context, operation, signal);
    await context.ledger.update(operation.id, { coordinatorState: { ...coordinatorState, prepared: true } });
    return nextRound(context, operation, 0);
  }
  let filled: Filled = 'full';
  if (!operation.listing.done) {
    filled = await fillWindow(context, operation, plan, signal);
    if (operation.phase !== plan.phase) await context.ledger.update(operation.id, { phase: plan.phase });
    if (filled === 'more') return nextRound(context, operation, 0);
  }
  const now = await context.ledger.get(operation.id);
  if (now === undefined || now.state !== 'running') return { ended: true };
  const rate = nextRate(now.coordinatorState.rate, doneBy(now), context.now().getTime());
  await context.ledger.update(now.id, { coordinatorState: { lastError: outageOf(context, now), rate } });
  if (!now.listing.done || outstanding(now) > 0) {
    if (filled === 'blocked' && outstanding(now) === 0) return nextRound(context, now, 0);
    const listed = now.listing.done || filled === 'blocked';
    return nextRound(context, now, listed ? pollMs : listingPollMs);
  }
  const part = await plan.nextPart(context, now);
  if (part !== undefined && part.state === 'running') {
    const partPlan = planFor(part);
    if (now.phase !== partPlan.phase && part.kind !== 'prune') {
      await context.ledger.update(now.id, { phase: partPlan.phase });
    }
    const round = await workRound(context, part, partPlan, signal);
    return nextRound(context, now, round.ended ? 0 : round.delayMs);
  }
  const endedAt = context.now();
  const { coordinatorState, ...end } = await plan.finish(context, now, endedAt, signal);
  if (coordinatorState !== undefined) await context.ledger.update(now.id, { coordinatorState });
  await context.ledger.close(now.id, { ...end, now: endedAt });
  return { ended: true };
}

/** `more`: the window has room left. `blocked`: the listing continues when the tasks so far have ended. */
type Filled = 'full' | 'more' | 'blocked';

/** Lists and dispatches tasks until the window is full. */
async function fillWindow(
  context: CoordinatorContext,
  operation: Operation,
  plan: Plan,
  signal: AbortSignal,
): Promise<Filled> {
  let current = operation;
  let ahead = outstanding(operation);
  const rounds = Math.ceil(context.settings.usersAhead / context.settings.usersPage);
  for (let round = 0; round < rounds && ahead < context.settings.usersAhead; round += 1) {
    const listed: Listing = await plan.list(context, current, signal);
    const { tasks, blocked = false, ...listing } = listed;
    if (blocked && tasks.length === 0) return 'blocked';
    // Dispatch before recording: dispatching twice gives the same job, but a task recorded without a job would have
    // to be found by the supervisor.
    await context.dispatcher.dispatch(operation.id, tasks, {
      mayHaveRun: operation.coordinatorState.retry !== undefined,
    });
    const expected = { cursor: current.listing.cursor };
    // The new primary of a failover has lost a page: the next round lists it again.
    if ((await context.ledger.addTasks(operation.id, tasks, { ...listing, expected })) === 'missing')
      return 'more';
    if (blocked) return 'blocked';
    if (listed.done) return 'full';
    ahead += tasks.length;
    current = {
      ...current,
      listing: { done: false, cursor: listed.cursor },
      coordinatorState: { ...current.coordinatorState, ...listed.coordinatorState },
    };
  }
  return ahead >= context.settings.usersAhead ? 'full' : 'more';
}

async function cancelRound(
  context: Pick<CoordinatorContext, 'ledger' | 'dispatcher' | 'now'>,
  operation: Operation,
): Promise<Round> {
  await context.dispatcher.discard();
  // Before closing, or the next operation would begin paused.
  await context.dispatcher.resume();
  // Rejects while an attempt may still write, including one of a dead worker. Then the next round tries again.
  const end = { state: 'cancelled', now: context.now() } as const;
  for (const partId of [operation.coordinatorState.pruneId, operation.coordinatorState.verificationId]) {
    if (partId) await context.ledger.close(partId, end);
  }
  await context.ledger.close(operation.id, end);
  return { ended: true };
}

/** After an error: pauses the operation if the error's policy is `pause-run`, else repeats the round. */
async function errorRound(
  context: Pick<CoordinatorContext, 'ledger'>,
  operation: Operation,
  error: unknown,
): Promise<Round> {
  const code = MigrationError.codeOf(error);
  const reason = `${code}: ${messageOf(error)}`;
  if (errorTable[code].onExhausted === 'pause-run') {
    await context.ledger.control(operation.id, 'pause', reason);
    return nextRound(context, operation, pollMs);
  }
  await context.ledger.update(operation.id, { coordinatorState: { lastError: reason } });
  // After a cancel the leases mostly end at once.
  return nextRound(context, operation, code === 'LEASES_OUTSTANDING' ? pollMs : retryMs);
}

function outstanding({ tasks }: Operation): number {
  return tasks.listed - tasks.completed - tasks.failed;
}

/** A task's outage in the last seconds, if any. */
function outageOf(context: Pick<CoordinatorContext, 'now'>, operation: Operation): string | null {
  const { outage } = operation.coordinatorState;
  return outage && context.now().getTime() - outage.at < outageShownMs ? outage.reason : null;
}

async function nextRound(
  context: Pick<CoordinatorContext, 'ledger'>,
  operation: Operation,
  delayMs: number,
): Promise<Round> {
  return { ended: false, delayMs, operation: (await context.ledger.get(operation.id)) ?? operation };
}
