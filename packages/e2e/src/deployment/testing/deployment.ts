import { randomUUID } from 'node:crypto';

import { freePort, journals, type Program, type ProgramOptions, startProgram } from '@migrator/devkit';
import { openTestProject } from '@migrator/devkit/test-project';
import type { MigrationReport } from '@migrator/engine';
import { expect, vi } from 'vitest';

import { MigrationClient } from './migration-client.ts';

/** An API and workers, each a process of its own as an operator would start it, over the suite's Firestore and DynamoDB. */
export interface Deployment extends AsyncDisposable {
  readonly client: MigrationClient;
  readonly url: string;
  readonly token: string;
  readonly api: Program;
  readonly workers: readonly Program[];
  readonly entries: number;
}

export interface DeploymentOptions {
  /** Where Redis is, and what else differs from the defaults. */
  readonly env: Readonly<Record<string, string>>;
  readonly workers?: number;
  /** Network namespaces, each with one more worker, and what its environment has in other words. */
  readonly hosts?: readonly string[];
  readonly hostsEnv?: NodeJS.ProcessEnv;
  readonly users: number;
  readonly entriesPerUser: number;
  /** What answers once the API is there, where it can take no work: `/healthz`. */
  readonly ready?: string;
}

export async function openDeployment(options: DeploymentOptions): Promise<Deployment> {
  const token = randomUUID();
  const port = await freePort();
  const { users, entriesPerUser } = options;
  await using opened = new AsyncDisposableStack();
  const project = opened.use(
    await openTestProject({ env: { API_TOKEN: token, PORT: String(port), ...options.env } }),
  );
  await project.addJournals(journals({ users, entriesPerUser }));
  const { env } = project;
  const start = (program: ProgramOptions): Program =>
    // How they stop by themselves is for the tests to say.
    opened.adopt(startProgram(program), (started) => started.kill());
  const api = start({ main: 'api', env });
  const { hosts = [], hostsEnv = {} } = options;
  const workers = [
    ...Array.from({ length: options.workers ?? (hosts.length === 0 ? 1 : 0) }, () =>
      start({ main: 'worker', env }),
    ),
    ...hosts.map((host) => start({ main: 'worker', env: { ...env, ...hostsEnv }, host })),
  ];
  const url = `http://127.0.0.1:${port}`;
  const client = new MigrationClient({ url, token });
  await Promise.race([
    options.ready === undefined ? client.ready() : untilAnswered(url + options.ready),
    api.ended.then((how) => Promise.reject(new Error(`The API ended (${how}): ${api.output}`))),
  ]);
  const all = opened.move();
  const close = (): Promise<void> => all.disposeAsync();
  return { client, url, token, api, workers, entries: users * entriesPerUser, [Symbol.asyncDispose]: close };
}

async function untilAnswered(url: string): Promise<void> {
  await vi.waitFor(() => fetch(url), { timeout: 60_000, interval: 200 });
}

/** The last lines of each program, for a failure's message. */
export function lastWords({ api, workers }: Pick<Deployment, 'api' | 'workers'>): string {
  const said = [api, ...workers].map((program, index) => {
    const name = index === 0 ? 'api' : `worker ${index}`;
    return `${name}:\n${program.lastLines.join('\n')}`;
  });
  return said.join('\n');
}

/** Every entry is there once, verified, and the totals add up. */
export function expectWholeRun(report: MigrationReport, entries: number): void {
  const { stats } = report;
  expect(report).toMatchObject({ state: 'completed', verification: { isValid: true } });
  expect(stats.totalProcessed).toBe(stats.successCount + stats.failureCount + stats.skippedCount);
  expect(stats).toMatchObject({ totalProcessed: entries, successCount: entries, createdCount: entries });
}
