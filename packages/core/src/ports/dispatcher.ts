/** Gets tasks done, by some worker, at some time, possibly more than once. */
export interface Dispatcher {
  /**
   * Enqueues tasks; one that is waiting already stays as it is. `mayHaveRun`: one that has ended before goes again,
   * which costs a look at each.
   */
  dispatch(operationId: string, tasks: readonly string[], options?: { mayHaveRun?: boolean }): Promise<void>;
  /** Makes sure that the operation has a coordinator: adds the job that is missing, runs the one that has ended again. */
  coordinate(operationId: string): Promise<void>;
  /** Tasks that wait, and tasks that are being worked on, of all operations. */
  load(): Promise<{ waiting: number; active: number }>;
  /** Whether the queue is paused, by `pause` or by a person at the queue itself. */
  isPaused(): Promise<boolean>;
  /** No further task is begun, by any process, until `resume`. Coordinators go on. Survives restarts. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** Throws away what waits. */
  discard(): Promise<void>;
  /** Wakes what is delayed for longer than anything is delayed on purpose: its writer's clock was wrong, or the reader's is. */
  wakeOverdue(): Promise<void>;
}
