import { fillFirestore, type JournalUser, journals } from '@migrator/devkit';
import { expect, vi } from 'vitest';

import { compareEnvironment } from '../compare-environment.ts';
import { type RunReport, MigrationCalls, type Status } from '../migration-calls.ts';
import { openChaosEnvironment, type OpenChaosEnvironment } from '../open-environment.ts';

export interface RunOptions {
  readonly users: readonly string[];
  readonly entriesPerUser: number;
  readonly workers: number;
  /** Of the API and the workers. */
  readonly env: NodeJS.ProcessEnv;
}

/** Services, an API and workers as processes of their own, and journals to migrate. Nothing is started yet. */
export interface TestRun extends AsyncDisposable {
  readonly environment: OpenChaosEnvironment;
  readonly calls: MigrationCalls;
  readonly entries: number;
  /** How many entries are processed, once it is more than so many. */
  processedBeyond(entries: number): Promise<number>;
  /** The report of the run, once it is over. */
  ended(): Promise<RunReport>;
  /** Throws unless every entry has its item, and nothing else is there. */
  requireSameEnds(report: RunReport): Promise<void>;
}

const limitMs = 240_000;
const patiently = { timeout: limitMs, interval: 200 };

export async function openRun(options: RunOptions): Promise<TestRun> {
  const { users, entriesPerUser, workers, env } = options;
  const environment = await openChaosEnvironment({ seed: 1, faults: 0, entries: 1, workers, env });
  try {
    const { entries } = await fillFirestore(named(users, entriesPerUser), {
      emulatorHost: environment.env.FIRESTORE_EMULATOR_HOST,
      projectId: environment.env.GOOGLE_CLOUD_PROJECT,
    });
    const calls = new MigrationCalls(environment.apiUrl, AbortSignal.timeout(limitMs));
    const status = async (): Promise<Status> => {
      const answer = await calls.status();
      if (answer === undefined) throw new Error('no status now');
      return answer;
    };
    return {
      environment,
      calls,
      entries,
      processedBeyond: (least) =>
        vi.waitFor(async () => {
          const processed = (await status()).currentStatus.progress?.processed ?? 0;
          expect(processed).toBeGreaterThan(least);
          return processed;
        }, patiently),
      ended: () =>
        vi.waitFor(async () => {
          const { currentStatus, lastMigration } = await status();
          expect(currentStatus.state).toBe('idle');
          if (lastMigration === null) throw new Error('nothing has run');
          return lastMigration;
        }, patiently),
      async requireSameEnds(report) {
        const found = await compareEnvironment(environment, report.stats.startTime);
        expect(found).toMatchObject({ entries, items: entries, lost: 0, wrong: 0, unexpected: 0 });
      },
      [Symbol.asyncDispose]: () => environment[Symbol.asyncDispose](),
    };
  } catch (error) {
    await environment[Symbol.asyncDispose]();
    throw error;
  }
}

function* named(users: readonly string[], entriesPerUser: number): Generator<JournalUser> {
  let index = 0;
  for (const user of journals({ users: users.length, entriesPerUser })) {
    yield { ...user, userId: users[index] ?? user.userId };
    index += 1;
  }
}
