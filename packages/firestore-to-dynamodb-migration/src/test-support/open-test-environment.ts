import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { openQueueContext, type QueueContext } from '@migrator/runtime';
import { readConfig } from '@migrator/config';
import { startWorkers } from '@migrator/queue';
import type { JournalEntry } from '@migrator/devkit';
import { openTestProject, type TestProject } from '@migrator/devkit/test-project';

import { executeMigration } from '../execute-migration.ts';
import type { MigrationResult } from '../migration-result.ts';
import type { ExecuteMigrationOptions } from '../options.ts';

/** A Firestore project, a table, a queue prefix and a folder of its own, over the suite's services. */
export interface TestEnvironment extends Omit<TestProject, 'addJournals'> {
  readonly folder: string;
  fill(userId: string, entries: readonly JournalEntry[]): Promise<void>;
  countItems(): Promise<number>;
  /** `executeMigration` with these variables and this state file; without Redis. */
  inProcess(options?: ExecuteMigrationOptions): Promise<MigrationResult>;
  overQueue(options?: ExecuteMigrationOptions): Promise<MigrationResult>;
  /** The queue as another process has it, with variables of its own; closed with the environment. */
  openQueue(env?: Record<string, string | undefined>): Promise<QueueContext>;
  addWorker(context: QueueContext): { stop(): Promise<void> };
}

export async function openTestEnvironment(): Promise<TestEnvironment> {
  await using opened = new AsyncDisposableStack();
  const project = opened.use(await openTestProject({ createTable: true }));
  const { env, table, dynamodb } = project;
  const folder = opened.adopt(await mkdtemp(join(tmpdir(), 'migration-')), (path) =>
    rm(path, { recursive: true }),
  );
  const config = readConfig(env);
  const all = opened.move();

  return {
    env,
    table,
    folder,
    dynamodb,
    fill: (userId, entries) => project.addJournals([{ userId, entries }]),
    items: () => project.items(),
    async countItems() {
      return (await project.items()).length;
    },
    inProcess: (options) =>
      executeMigration({ env, redis: false, stateFile: join(folder, 'state.json'), ...options }),
    overQueue: (options) => executeMigration({ env, ...options }),
    async openQueue(own) {
      const context = await openQueueContext(readConfig({ ...env, ...own }), 'worker', () => undefined);
      all.defer(() => context.close());
      return context;
    },
    addWorker(context) {
      const workers = startWorkers(context, {
        redis: context.redis,
        prefix: context.queues.tasks.opts.prefix ?? config.redis.prefix,
        concurrency: 4,
        onError: () => undefined,
      });
      let stopping: Promise<void> | undefined;
      const stop = (): Promise<void> => (stopping ??= workers.stop());
      all.defer(stop);
      return { stop };
    },
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}

/** Small entries of so many days. */
export function days(count: number): JournalEntry[] {
  return Array.from({ length: count }, (_, day) => ({
    date: `day-${String(day).padStart(4, '0')}`,
    fields: { trades: [{ symbol: 'ES', pnl: day / 3 }], summary: { trades: 1 } },
  }));
}

/** An entry that no item can hold. */
export function tooLarge(date: string): JournalEntry {
  return { date, fields: { trades: ['x'.repeat(500_000)] } };
}
