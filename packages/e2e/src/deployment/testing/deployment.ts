import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';

import { fillFirestore, journals } from '@migrator/devkit';
import { inject, vi } from 'vitest';

import { freePort } from '@migrator/devkit';
import { fetchFrom, type MigrationClient, migrationClient } from './migration-client.ts';

const programs = {
  api: fileURLToPath(new URL('../../../../../apps/api/src/main.ts', import.meta.url)),
  worker: fileURLToPath(new URL('../../../../../apps/worker/src/main.ts', import.meta.url)),
};

const LAST_LINES = 20;

export interface Program {
  readonly process: ChildProcess;
  /** Everything that it has said. */
  output(): string;
  /** Its exit code, or the signal that ended it. */
  readonly exit: Promise<number | string>;
}

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
  /** Where Redis is, and whatever else differs from the defaults. */
  readonly env: NodeJS.ProcessEnv;
  readonly workers?: number;
  /** Network namespaces, each with one more worker, and what its environment has in other words. */
  readonly hosts?: readonly string[];
  readonly hostsEnv?: NodeJS.ProcessEnv;
  readonly users: number;
  readonly entriesPerUser: number;
  /** The Firestore to fill where the programs have another one. */
  readonly fillEmulator?: string;
  /** What answers once the API is there, where it can take no work: `/healthz`. */
  readonly ready?: string;
}

export async function openDeployment(options: DeploymentOptions): Promise<Deployment> {
  const unique = randomUUID().slice(0, 8);
  const token = randomUUID();
  const port = await freePort();
  const env = {
    ...inject('services'),
    GOOGLE_CLOUD_PROJECT: `demo-${unique}`,
    DYNAMODB_TABLE: `journals-${unique}`,
    QUEUE_PREFIX: `{test-${unique}}`,
    CREATE_TABLE: 'true',
    API_TOKEN: token,
    PORT: String(port),
    ...options.env,
  };
  const { users, entriesPerUser } = options;
  await fillFirestore(journals({ users, entriesPerUser }), {
    emulatorHost: options.fillEmulator ?? env.FIRESTORE_EMULATOR_HOST,
    projectId: env.GOOGLE_CLOUD_PROJECT,
  });
  const api = startProgram('api', env);
  const { hosts = [], hostsEnv = {} } = options;
  const workers = [
    ...Array.from({ length: options.workers ?? (hosts.length === 0 ? 1 : 0) }, () =>
      startProgram('worker', env),
    ),
    ...hosts.map((host) => startProgram('worker', { ...env, ...hostsEnv }, host)),
  ];
  const url = `http://127.0.0.1:${port}`;
  const client = migrationClient(fetchFrom(url), token);
  const stop = async (): Promise<void> => {
    for (const { process, exit } of [api, ...workers]) {
      // Whatever state it is in: how it stops by itself is for the tests to say.
      process.kill('SIGKILL');
      await exit;
    }
  };
  try {
    await Promise.race([
      options.ready === undefined ? client.ready() : untilAnswered(url + options.ready),
      api.exit.then((how) => Promise.reject(new Error(`The API ended (${how}): ${api.output()}`))),
    ]);
  } catch (error) {
    await stop();
    throw error;
  }
  return { client, url, token, api, workers, entries: users * entriesPerUser, [Symbol.asyncDispose]: stop };
}

async function untilAnswered(url: string): Promise<void> {
  await vi.waitFor(() => fetch(url), { timeout: 60_000, interval: 200 });
}

/** The last lines of each program, for a failure's message. */
export function lastWords({ api, workers }: Pick<Deployment, 'api' | 'workers'>): string {
  const said = [api, ...workers].map((program, index) => {
    const name = index === 0 ? 'api' : `worker ${index}`;
    return `${name}:\n${program.output().trimEnd().split('\n').slice(-LAST_LINES).join('\n')}`;
  });
  return said.join('\n');
}

/**
 * Starts one of the programs with nothing of this process's environment but where programs and folders are; in a network
 * namespace if one is named.
 */
export function startProgram(name: keyof typeof programs, env: NodeJS.ProcessEnv, host?: string): Program {
  const { PATH, HOME } = globalThis.process.env;
  const args = [programs[name], '--exit-with-parent'];
  const node = globalThis.process.execPath;
  const child = spawn(
    host === undefined ? node : 'ip',
    host === undefined ? args : ['netns', 'exec', host, node, ...args],
    {
      stdio: ['pipe', 'pipe', 'pipe'],
      // Not here, where a `.env` may point to somebody's real data.
      cwd: tmpdir(),
      env: { PATH, HOME, ...env },
    },
  );
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  }
  child.stdin.on('error', () => {});
  const exit = (async () => {
    const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
    return code ?? signal ?? 'gone';
  })();
  return { process: child, output: () => said, exit };
}
