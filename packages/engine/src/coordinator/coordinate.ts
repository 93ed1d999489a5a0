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
      readonly over: false;
      /** Come round again after so many milliseconds. */
      readonly againMs: number;
      readonly operation: Operation;
      /** This process reads or writes something else: another one has to do the rounds. */
      readonly isOther?: true;
    }
  | { readonly over: true };

const pollMs = 250;
/** While users are still listed: in so long all workers together end fewer tasks than are listed ahead. */
const listingPollMs = 100;
const leastPollMs = 50;
/** A round that takes longer ends with what the service says, and is done again. */
const roundLimitMs = 10_000;
const retryMs = 3_000;
const otherBindingMs = 1_000;
const outageShownMs = 15_000;

/**
 * One round of an operation's coordinator. All it knows is in the ledger, so any process may do the next round, and a
 * crash between any two steps is repaired by doing the round again. What no round can repair, a job that is gone, the
 * supervisor does.
 *
 *     listing ──► migrating (verifying, rolling-back) ──► its parts, one after another ──► over
 *        │             │  every round: fill the window of tasks
 *        └─ pause: nothing is begun, rounds go on idly ── resume ─┘
 *        └─ cancel: what waits is thrown away, what runs hands back ──► over
 *
 * A part (a run's verification) is coordinated by the rounds of the operation it belongs to.
 */
export async function coordinate(
  context: CoordinatorContext,
  operationId: string,
  signal?: AbortSignal,
): Promise<Round> {
  const operation = await context.ledger.get(operationId);
  if (operation === undefined || operation.state !== 'running') return { over: true };
  try {
    if (operation.control === 'cancel') return await cancelRound(context, operation);
    if (operation.control === 'pause') return { over: false, againMs: pollMs, operation };
    if (!isSameBinding(operation.binding, await context.binding())) {
      return { over: false, againMs: otherBindingMs, operation, isOther: true };
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
    return again(context, operation, 0);
  }
  let filled: Filled = 'full';
  if (!operation.listing.done) {
    filled = await fillWindow(context, operation, plan, signal);
    if (operation.phase !== plan.phase) await context.ledger.update(operation.id, { phase: plan.phase });
    if (filled === 'goes-on') return again(context, operation, 0);
  }
  const now = await context.ledger.get(operation.id);
  if (now === undefined || now.state !== 'running') return { over: true };
  const rate = nextRate(now.coordinatorState.rate, doneBy(now), context.now().getTime());
  await context.ledger.update(now.id, { coordinatorState: { lastError: outageOf(context, now), rate } });
  if (!now.listing.done || outstanding(now) > 0) {
    if (filled === 'waits' && outstanding(now) === 0) return again(context, now, 0);
    const listed = now.listing.done || filled === 'waits';
    return again(context, now, listed ? pauseBeforeEnd(now, rate.perSecond) : listingPollMs);
  }
  const part = await plan.nextPart(context, now);
  if (part !== undefined && part.state === 'running') {
    const partPlan = planFor(part);
    if (now.phase !== partPlan.phase && part.kind !== 'prune') {
      await context.ledger.update(now.id, { phase: partPlan.phase });
    }
    const round = await workRound(context, part, partPlan, signal);
    return again(context, now, round.over ? 0 : round.againMs);
  }
  const endedAt = context.now();
  const { coordinatorState, ...end } = await plan.finish(context, now, endedAt, signal);
  if (coordinatorState !== undefined) await context.ledger.update(now.id, { coordinatorState });
  await context.ledger.close(now.id, { ...end, now: endedAt });
  return { over: true };
}

/** `goes-on`: the window has room left. `waits`: the listing goes on when the tasks have ended. */
type Filled = 'full' | 'goes-on' | 'waits';

/** Lists and dispatches until enough tasks wait. */
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
    const { tasks, waits = false, ...listing } = listed;
    if (waits && tasks.length === 0) return 'waits';
    // Dispatched first: tasks that are recorded and lost would have to be found again, while a task that is dispatched
    // twice is the same job.
    await context.dispatcher.dispatch(operation.id, tasks, {
      mayHaveRun: operation.coordinatorState.retry !== undefined,
    });
    const expected = { cursor: current.listing.cursor };
    // A page that another Redis has lost is listed again, by a round that reads how far the listing has come.
    if ((await context.ledger.addTasks(operation.id, tasks, { ...listing, expected })) === 'missing')
      return 'goes-on';
    if (waits) return 'waits';
    if (listed.done) return 'full';
    ahead += tasks.length;
    current = {
      ...current,
      listing: { done: false, cursor: listed.cursor },
      coordinatorState: { ...current.coordinatorState, ...listed.coordinatorState },
    };
  }
  return ahead >= context.settings.usersAhead ? 'full' : 'goes-on';
}

async function cancelRound(
  context: Pick<CoordinatorContext, 'ledger' | 'dispatcher' | 'now'>,
  operation: Operation,
): Promise<Round> {
  await context.dispatcher.discard();
  // Before the end, or the next operation would begin with this one's pause.
  await context.dispatcher.resume();
  // Rejects while an attempt may still write, also one of a worker that is gone: the next round tries again.
  const end = { state: 'cancelled', now: context.now() } as const;
  for (const partId of [operation.coordinatorState.pruneId, operation.coordinatorState.verificationId]) {
    if (partId) await context.ledger.close(partId, end);
  }
  await context.ledger.close(operation.id, end);
  return { over: true };
}

/** A round that failed is done again. Where only a person can help the operation is paused with the reason. */
async function errorRound(
  context: Pick<CoordinatorContext, 'ledger'>,
  operation: Operation,
  error: unknown,
): Promise<Round> {
  const code = MigrationError.codeOf(error);
  const reason = `${code}: ${messageOf(error)}`;
  if (errorTable[code].onExhausted === 'pause-run') {
    await context.ledger.control(operation.id, 'pause', reason);
    return again(context, operation, pollMs);
  }
  await context.ledger.update(operation.id, { coordinatorState: { lastError: reason } });
  // Those of a cancel end in a moment, as a rule.
  return again(context, operation, code === 'LEASES_OUTSTANDING' ? pollMs : retryMs);
}

function outstanding({ tasks }: Operation): number {
  return tasks.listed - tasks.completed - tasks.failed;
}

/** What some task could not get past a moment ago. */
function outageOf(context: Pick<CoordinatorContext, 'now'>, operation: Operation): string | null {
  const { outage } = operation.coordinatorState;
  return outage && context.now().getTime() - outage.at < outageShownMs ? outage.reason : null;
}

/** Milliseconds: shorter where the entries will all be done sooner, so that a run's end is seen when it comes. */
function pauseBeforeEnd(operation: Operation, entriesPerSecond: number): number {
  const left = (operation.coordinatorState.totalEntries ?? 0) - doneBy(operation);
  if (left <= 0 || entriesPerSecond === 0) return pollMs;
  return Math.min(pollMs, Math.max(leastPollMs, (left / entriesPerSecond) * 1_000));
}

async function again(
  context: Pick<CoordinatorContext, 'ledger'>,
  operation: Operation,
  againMs: number,
): Promise<Round> {
  return { over: false, againMs, operation: (await context.ledger.get(operation.id)) ?? operation };
}
