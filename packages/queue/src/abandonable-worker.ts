import { Worker } from 'bullmq';

/**
 * A worker that can be given up. `close` waits without a limit for commands that a lost Redis never answers, and BullMQ's
 * timer that extends locks keeps the process alive meanwhile.
 */
export class AbandonableWorker<Data> extends Worker<Data> {
  /** Extends no lock any more. For after `close` has been called and took too long. */
  async abandon(): Promise<void> {
    await this.lockManager.close();
  }
}
