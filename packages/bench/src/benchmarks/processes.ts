import { randomUUID } from 'node:crypto';
import type { Dataset } from '../fakes/dataset.ts';
import { type MeasuredProcess, startProcess } from '../processes/measured-process.ts';
import { Releasers } from '../processes/releasers.ts';
import type { Setting } from './benchmark.ts';
import { clientEnvironment } from './environment.ts';

const apiProgram = new URL('../../../../apps/api/src/main.ts', import.meta.url);
const workerProgram = new URL('../../../../apps/worker/src/main.ts', import.meta.url);
/** As the script `worker` has them. */
const workerFlags = ['--max-semi-space-size=8', '--max-old-space-size=768'];
const basePath = '/api/migration/firestore-to-dynamodb';
/** Any measured run is far shorter. */
const limitSeconds = 240;

export interface StackOptions {
  readonly name: string;
  readonly dataset: Dataset;
  readonly workers: number;
  /** Over the table that keeps what is put. */
  readonly keep?: boolean;
}

/** The product as it is run: an API and workers, each a process. */
export interface Stack {
  readonly processes: readonly MeasuredProcess[];
  readonly workers: readonly MeasuredProcess[];
  /** Migrates everything (or these users) and throws unless every entry was written. */
  migrate(userIds?: readonly string[]): Promise<void>;
  verify(): Promise<void>;
  rollBack(): Promise<void>;
  close(): Promise<void>;
}

export async function openStack(setting: Setting, options: StackOptions): Promise<Stack> {
  const { name, dataset, keep = false } = options;
  const env = {
    ...clientEnvironment(setting.fakes, { projectId: dataset.projectId, keep }),
    REDIS_URL: setting.fakes.redisUrl,
    QUEUE_PREFIX: `{bench-${randomUUID().slice(0, 8)}}`,
    DYNAMODB_TABLE: 'bench',
    PORT: '0',
  };
  const releasers = new Releasers();
  const start = (what: string, file: URL, nodeFlags: readonly string[] = []): MeasuredProcess => {
    const { profileFolder } = setting;
    const program = startProcess({ name: `${name}.${what}`, file, env, nodeFlags, profileFolder });
    releasers.add(() => program.stop());
    return program;
  };
  try {
    const api = start('api', apiProgram);
    const workers = Array.from({ length: options.workers }, (_, index) =>
      start(`worker${index + 1}`, workerProgram, workerFlags),
    );
    const [[, url = '']] = await Promise.all([
      api.line(/^api: (http:\/\/[^\s/]+)/),
      ...workers.map((worker) => worker.line(/^worker: ready/)),
    ]);
    return {
      processes: [api, ...workers],
      workers,
      async migrate(userIds) {
        const wanted = (userIds?.length ?? dataset.users) * dataset.entriesPerUser;
        const { stats } = await call<{ stats: { createdCount: number } }>(url, 'POST', '/start', {
          verify: false,
          userIds,
        });
        expectCount(`${name}: entries written`, stats.createdCount, wanted);
      },
      async verify() {
        const { isValid, counts } = await call<{ isValid: boolean; counts: { dynamodb: number } }>(
          url,
          'GET',
          '/verify',
        );
        if (!isValid) throw new Error(`${name}: the verification found differences`);
        expectCount(`${name}: items verified`, counts.dynamodb, dataset.entries);
      },
      async rollBack() {
        const { deleted } = await call<{ deleted: number }>(url, 'POST', '/rollback', { dryRun: false });
        expectCount(`${name}: items rolled back`, deleted, dataset.entries);
      },
      close: () => releasers.release(),
    };
  } catch (error) {
    await releasers.release();
    throw error;
  }
}

async function call<T>(url: string, method: 'GET' | 'POST', path: string, body?: object): Promise<T> {
  const response = await fetch(url + basePath + path, {
    method,
    headers: { 'Content-Type': 'application/json', Prefer: `wait=${limitSeconds}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const answer = await response.text();
  if (response.status === 200) return JSON.parse(answer) as T;
  throw new Error(`${method} ${path} was answered with ${response.status}: ${answer}`);
}

function expectCount(what: string, found: number, wanted: number): void {
  if (found !== wanted) throw new Error(`${what}: ${found} instead of ${wanted}`);
}
