/** Gets units of work done, somewhere, some time, possibly more than once. */
export interface Dispatcher {
  /**
   * Enqueues units; one that is waiting already stays as it is. `mayHaveRun`: one that has ended before goes again,
   * which costs a look at each.
   */
  dispatch(operationId: string, units: readonly string[], options?: { mayHaveRun?: boolean }): Promise<void>;
  /** Makes sure that the operation's coordinator comes round. */
  coordinate(operationId: string): Promise<void>;
  /** Whether the operation's coordinator still exists and will come round. */
  isCoordinated(operationId: string): Promise<boolean>;
  /** Units that wait, and units that are being worked on. */
  load(): Promise<{ waiting: number; active: number }>;
  /** No further unit is begun, by any process, until `resume`. Survives restarts. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** Throws away what waits. */
  discard(): Promise<void>;
}
