import { openQueueContext, type QueueContext } from '@migrator/runtime';
import type { Config } from '@migrator/config';
import { type MigrationQueues, startWorkers } from '@migrator/queue';

const checkEveryMs = 2_000;

/** A worker in this process for as long as the queue has no other. Once begun it stays to the end. */
export class FallbackWorker {
  readonly #queue: QueueContext;
  readonly #config: Config;
  #context: QueueContext | undefined;
  #workers: { stop(): Promise<void> } | undefined;
  #checkedAt = 0;

  constructor(queue: QueueContext, config: Config) {
    this.#queue = queue;
    this.#config = config;
  }

  /** Starts a worker where no other can do the work of the operation. Checks at most every two seconds. */
  async stepIn(operationId: string): Promise<void> {
    if (this.#workers !== undefined || Date.now() - this.#checkedAt < checkEveryMs) return;
    this.#checkedAt = Date.now();
    if (await this.#hasOtherWorker(operationId)) return;
    const { redis, migration } = this.#config;
    // Its errors are those that the waiting call gets too.
    this.#context = await openQueueContext(this.#config, 'worker', () => undefined);
    this.#workers = startWorkers(this.#context, {
      redis: this.#context.redis,
      prefix: redis.prefix,
      concurrency: migration.userConcurrency,
      onError: () => undefined,
    });
  }

  /** A worker that is configured for something else takes no part. */
  async #hasOtherWorker(operationId: string): Promise<boolean> {
    const { queues, workers } = this.#queue;
    const present = await Promise.all([hasWorker(queues.coordinators), hasWorker(queues.tasks)]);
    if (!present.every(Boolean)) return false;
    const live = await workers.list();
    return live.length === 0 || live.some(({ mismatch }) => mismatch?.operationId !== operationId);
  }

  async stop(): Promise<void> {
    await this.#workers?.stop();
    await this.#context?.close();
  }
}

/**
 * A Redis that does not tell its clients (some hosted ones forbid it) can't say whether there is a worker, so there is
 * none: BullMQ answers then with an entry that is no client.
 */
async function hasWorker(
  queue: MigrationQueues['tasks'] | MigrationQueues['coordinators'],
): Promise<boolean> {
  try {
    const workers = await queue.getWorkers();
    return workers.some((worker) => worker['id'] !== undefined);
  } catch {
    return false;
  }
}
