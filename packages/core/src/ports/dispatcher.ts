/** Hands tasks to workers: at-least-once, in no guaranteed order. */
export interface Dispatcher {
  /**
   * Enqueues tasks. Does nothing for one that is queued already. `mayHaveRun`: also enqueues tasks whose earlier job
   * has ended, which costs a read for each.
   */
  dispatch(operationId: string, tasks: readonly string[], options?: { mayHaveRun?: boolean }): Promise<void>;
  /** Ensures that the operation has a coordinator job: adds a missing one, runs again one that has ended. */
  coordinate(operationId: string): Promise<void>;
  /** Runs the coordinator's next round now instead of after its delay. */
  wakeCoordinator(): Promise<void>;
  /** The number of waiting and of active tasks, of all operations. */
  load(): Promise<{ waiting: number; active: number }>;
  /** Whether the queue is paused, by `pause` or by an operator on Bull Board. */
  isPaused(): Promise<boolean>;
  /** No process starts a task until `resume`. Coordinators continue. Survives restarts. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** Removes all waiting tasks. */
  discard(): Promise<void>;
  /** Promotes jobs that are delayed for longer than any intended delay, because the clock of a host is wrong. */
  wakeOverdue(): Promise<void>;
}
