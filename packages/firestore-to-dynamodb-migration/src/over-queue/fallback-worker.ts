import { openQueueContext, type QueueContext } from '@migrator/runtime';
import type { Config } from '@migrator/config';
import { type MigrationQueues, startWorkers } from '@migrator/queue';

const checkEveryMs = 2_000;

/** A worker in this process while the queue has no other. Once started it runs until `stop`. */
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

  /** Starts a worker if no other can work on the operation. Checks at most every two seconds. */
  async startIfNeeded(operationId: string): Promise<void> {
    if (this.#workers !== undefined || Date.now() - this.#checkedAt < checkEveryMs) return;
    this.#checkedAt = Date.now();
    if (await this.#hasOtherWorker(operationId)) return;
    const { redis, migration } = this.#config;
    // The waiting call gets the same errors.
    this.#context = await openQueueContext(this.#config, 'worker', () => undefined);
    this.#workers = startWorkers(this.#context, {
      redis: this.#context.redis,
      prefix: redis.prefix,
      concurrency: migration.userConcurrency,
      onError: () => undefined,
    });
  }

  /** Ignores workers with another configuration. */
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
 * False for a Redis that does not list its clients, as some hosted ones: BullMQ then returns an entry that is not a
 * client.
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
