import { leaseMs } from '@migrator/core';
import { type Processor, type Telemetry, Worker } from 'bullmq';

import type { BindingGuard } from './binding-guard.ts';
import type { RedisConnection } from './primary-redis.ts';
import type { OnWorkEvent } from './work-events.ts';

export interface WorkerOptions {
  readonly redis: RedisConnection;
  readonly prefix: string;
  /** Ends what is under way; other processes go on. */
  readonly stop: AbortSignal;
  readonly guard: BindingGuard;
  readonly onError: (error: Error) => void;
  readonly onWork?: OnWorkEvent;
  readonly telemetry?: Telemetry;
}

/**
 * When a worker has died or sleeps, its jobs are taken over after at most `lockDuration` + `stalledInterval` (ms).
 * How often that may happen is the ledger's business, which knows whether a task got on in between; BullMQ's own limit
 * would fail a job without a word to the ledger.
 */
const stalledJobOptions = {
  lockDuration: leaseMs.ledger,
  stalledInterval: 5_000,
  maxStalledCount: Number.MAX_SAFE_INTEGER,
} as const;

/**
 * A worker that can be given up. `close` waits without a limit for commands that a lost Redis never answers, and BullMQ's
 * timer that extends locks keeps the process alive meanwhile.
 */
export class MigrationWorker<Data> extends Worker<Data> {
  constructor(queue: string, work: Processor<Data>, concurrency: number, options: WorkerOptions) {
    const { redis: connection, prefix, telemetry } = options;
    super(queue, work, { connection, prefix, concurrency, telemetry, ...stalledJobOptions });
    this.on('error', options.onError);
    options.guard.keeps(this);
  }

  /** Extends no lock any more. For after `close` has been called and took too long. */
  async abandon(): Promise<void> {
    await this.lockManager.close();
  }
}
