import type { Operation, CoordinatorState, OperationPhase, OperationState } from '@migrator/core';

import type { CoordinatorContext } from '../engine-context.ts';

/** What the plans use. */
type PlanContext = Pick<CoordinatorContext, 'source' | 'target' | 'ledger' | 'settings' | 'now'>;

export interface Listing {
  readonly tasks: readonly string[];
  readonly cursor?: string;
  readonly done: boolean;
  /** What comes next shows when the tasks up to here have ended; not asked for before a later round. */
  readonly waits?: true;
  readonly coordinatorState?: CoordinatorState;
}

export interface Ending {
  readonly state: Exclude<OperationState, 'running'>;
  readonly reason?: string;
  readonly coordinatorState?: CoordinatorState;
}

/** What distinguishes one kind of operation from another, for the coordinator that drives them all alike. */
export interface Plan {
  /** What has to be known before the first task. Done once; may be done twice if the coordinator crashes. */
  prepare(context: PlanContext, operation: Operation, signal: AbortSignal): Promise<CoordinatorState>;
  /** The phase while its tasks are worked on. */
  readonly phase: OperationPhase;
  /** The next tasks after the listing's cursor. */
  list(context: PlanContext, operation: Operation, signal: AbortSignal): Promise<Listing>;
  /** After the last task: the next operation that is a part of this one and has to end first; none: go on. */
  nextPart(context: PlanContext, operation: Operation): Promise<Operation | undefined>;
  /** May be done again, if the operation could not be closed at `now`. */
  finish(context: PlanContext, operation: Operation, now: Date, signal: AbortSignal): Promise<Ending>;
}
