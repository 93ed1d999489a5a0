import { openQueueContext, type QueueContext } from '@migrator/runtime';
import { readConfig } from '@migrator/config';
import { startOperation, waitForOperation } from '@migrator/engine';
import { journals, type Program } from '@migrator/devkit';
import { openTestProject } from '@migrator/devkit/test-project';
import { expect } from 'vitest';

import { startProgram } from './programs.ts';

export interface Run extends AsyncDisposable {
  /** Starts one; `env` is on top of the run's. */
  worker(env?: NodeJS.ProcessEnv): Program;
  totals(): Promise<{ created: number; failed: number; completed: number }>;
  /** Resolves once so many entries are done. */
  progress(entries: number): Promise<void>;
  /** The totals once the run is over. */
  end(): Promise<{ created: number; failed: number; completed: number }>;
}

/** Opens a run over journals of its own, which workers then do. */
export async function startRun(size: { users: number; entriesPerUser: number }): Promise<Run> {
  const project = await openTestProject({ env: { WRITE_CONCURRENCY: '4' } });
  const { env } = project;
  await project.addJournals(journals(size));
  const context: QueueContext = await openQueueContext(readConfig(env), 'api', () => undefined);
  await context.target.preflight();
  const { id } = await startOperation(context, {
    kind: 'migration',
    dryRun: false,
    verify: false,
    prune: false,
  });
  const totals: Run['totals'] = async () => {
    const operation = await context.ledger.get(id);
    const { created = 0, failed = 0 } = operation?.totals ?? {};
    return { created, failed, completed: operation?.tasks.completed ?? 0 };
  };
  return {
    worker: (more = {}) => startProgram('worker', { ...env, ...more }),
    totals,
    async progress(entries) {
      await expect.poll(async () => (await totals()).created, { timeout: 30_000 }).toBeGreaterThan(entries);
    },
    async end() {
      const ended = await waitForOperation(() => context.ledger.get(id), { limitMs: 110_000 });
      expect(ended).toMatchObject({ state: 'completed' });
      return totals();
    },
    async [Symbol.asyncDispose]() {
      await context.close();
      await project[Symbol.asyncDispose]();
    },
  };
}
