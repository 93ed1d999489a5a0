import { fillFirestore, type JournalUser, journals } from '@migrator/devkit';
import { type MigrationReport, type requests, waitForOperation } from '@migrator/engine';
import { type ApiClient, createApiClient } from '@migrator/runtime';
import { expect, vi } from 'vitest';

import { compareSourceAndTarget } from '../compare-source-and-target.ts';
import { openChaosEnvironment, type OpenChaosEnvironment } from '../open-environment.ts';
import { requireUnavailable, startPersistently } from '../persistent-calls.ts';

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
  readonly client: ApiClient;
  readonly entries: number;
  /** Starts the run, however often that has to be asked for. */
  start(body?: requests.StartRequest): Promise<void>;
  /** How many entries are processed, once it is more than so many. */
  processedBeyond(entries: number): Promise<number>;
  /** The report of the run, once it is over. */
  ended(): Promise<MigrationReport>;
  /** Throws unless every entry has its item, and nothing else is there. */
  requireSameEnds(report: MigrationReport): Promise<void>;
}

const limitMs = 240_000;
const patiently = { timeout: limitMs, interval: 200 };

export async function openRun(options: RunOptions): Promise<TestRun> {
  const { users, entriesPerUser, workers, env } = options;
  const environment = await openChaosEnvironment({ seed: 1, faults: 0, entries: 1, workers, env });
  try {
    const { entries } = await fillFirestore(named(users, entriesPerUser), environment.env);
    const signal = AbortSignal.timeout(limitMs);
    const client = createApiClient({ url: environment.apiUrl, signal });
    let id = '';
    return {
      environment,
      client,
      entries,
      async start(body = { verify: true }) {
        id = await startPersistently(client, body, signal);
      },
      processedBeyond: (least) =>
        vi.waitFor(async () => {
          const processed = (await client.status()).currentStatus.progress?.processed ?? 0;
          expect(processed).toBeGreaterThan(least);
          return processed;
        }, patiently),
      async ended() {
        const report = await waitForOperation(() => client.migration(id), {
          signal,
          onError: requireUnavailable,
        });
        signal.throwIfAborted();
        return report!;
      },
      async requireSameEnds(report) {
        const found = await compareSourceAndTarget(environment.env, report.stats.startTime);
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
