import { randomUUID } from 'node:crypto';

import { fillFirestore, freePort, journals, type Program, startProgram } from '@migrator/devkit';
import { inject, vi } from 'vitest';

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
  const api = startProgram({ main: 'api', env });
  const { hosts = [], hostsEnv = {} } = options;
  const workers = [
    ...Array.from({ length: options.workers ?? (hosts.length === 0 ? 1 : 0) }, () =>
      startProgram({ main: 'worker', env }),
    ),
    ...hosts.map((host) => startProgram({ main: 'worker', env: { ...env, ...hostsEnv }, host })),
  ];
  const url = `http://127.0.0.1:${port}`;
  const client = new MigrationClient({ url, token });
  const stop = async (): Promise<void> => {
    // How they stop by themselves is for the tests to say.
    for (const program of [api, ...workers]) await program.kill();
  };
  try {
    await Promise.race([
      options.ready === undefined ? client.ready() : untilAnswered(url + options.ready),
      api.ended.then((how) => Promise.reject(new Error(`The API ended (${how}): ${api.output}`))),
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
    return `${name}:\n${program.lastLines.join('\n')}`;
  });
  return said.join('\n');
}
