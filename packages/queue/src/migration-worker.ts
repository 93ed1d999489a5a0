import { leaseMs } from '@migrator/core';
import { type Processor, type Telemetry, Worker } from 'bullmq';

import type { BindingGuard } from './binding-guard.ts';
import type { RedisConnection } from './primary-redis.ts';
import type { OnWorkEvent } from './work-events.ts';

export interface WorkerOptions {
  readonly redis: RedisConnection;
  readonly prefix: string;
  /** Stops the running jobs of this process; other processes continue. */
  readonly stop: AbortSignal;
  readonly guard: BindingGuard;
  readonly onError: (error: Error) => void;
  readonly onWork?: OnWorkEvent;
  readonly telemetry?: Telemetry;
}

/**
 * The jobs of a dead or suspended worker are taken over after at most `lockDuration` + `stalledInterval`
 * milliseconds. The ledger limits how often (`quarantineAfterStarts`), because it knows whether a task made progress.
 * BullMQ's own limit would fail a job without recording that in the ledger.
 */
const stalledJobOptions = {
  lockDuration: leaseMs.ledger,
  stalledInterval: 5_000,
  maxStalledCount: Number.MAX_SAFE_INTEGER,
} as const;

/**
 * A worker that can be abandoned. `close` waits without a limit for commands that a lost Redis never answers, while
 * BullMQ's timer that extends locks keeps the process alive.
 */
export class MigrationWorker<Data> extends Worker<Data> {
  constructor(queue: string, work: Processor<Data>, concurrency: number, options: WorkerOptions) {
    const { redis: connection, prefix, telemetry } = options;
    super(queue, work, { connection, prefix, concurrency, telemetry, ...stalledJobOptions });
    this.on('error', options.onError);
    options.guard.add(this);
  }

  /** Whether the last fetch found no waiting job. BullMQ tells only when that begins, by its event `drained`. */
  get foundQueueEmpty(): boolean {
    // oxlint-disable-next-line typescript/dot-notation -- private, so only this form compiles
    return this['drained'];
  }

  /** Stops extending locks. Call it if `close` takes too long. */
  async abandon(): Promise<void> {
    await this.lockManager.close();
  }
}
