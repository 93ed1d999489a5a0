import type { Operation, CoordinatorState, OperationPhase, OperationState } from '@migrator/core';

import type { CoordinatorContext } from '../engine-context.ts';

/** The context of the plans. */
type PlanContext = Pick<CoordinatorContext, 'source' | 'target' | 'ledger' | 'settings' | 'now'>;

export interface Listing {
  readonly tasks: readonly string[];
  readonly cursor?: string;
  readonly done: boolean;
  /** The listing can continue only when the tasks so far have ended, in a later round. */
  readonly blocked?: true;
  readonly coordinatorState?: CoordinatorState;
}

export interface Ending {
  readonly state: Exclude<OperationState, 'running'>;
  readonly reason?: string;
  readonly coordinatorState?: CoordinatorState;
}

/** The steps of one kind of operation. The coordinator runs all kinds in the same way. */
export interface Plan {
  /** Determines the state needed before the first task. Called once, or again after a crash. */
  prepare(context: PlanContext, operation: Operation, signal: AbortSignal): Promise<CoordinatorState>;
  /** The phase while its tasks run. */
  readonly phase: OperationPhase;
  /** The next tasks after the listing's cursor. */
  list(context: PlanContext, operation: Operation, signal: AbortSignal): Promise<Listing>;
  /** Called after the last task: the next part, which has to end before this operation; undefined: none. */
  nextPart(context: PlanContext, operation: Operation): Promise<Operation | undefined>;
  /** Determines the final state. Called again if the operation could not be closed. */
  finish(context: PlanContext, operation: Operation, now: Date, signal: AbortSignal): Promise<Ending>;
}
