import { randomUUID } from 'node:crypto';
import { workerFlags } from '@migrator/devkit';
import type { Dataset } from '../fakes/dataset.ts';
import { MeasuredProcess } from '../processes/measured-process.ts';
import type { Setting } from './benchmark.ts';
import { clientEnvironment } from './environment.ts';

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
  await using opened = new AsyncDisposableStack();
  const start = (
    main: 'api' | 'worker',
    what: string,
    nodeFlags: readonly string[] = [],
  ): MeasuredProcess => {
    const { profileFolder } = setting;
    const program = new MeasuredProcess({ name: `${name}.${what}`, main, env, nodeFlags, profileFolder });
    return opened.use(program.start());
  };
  const api = start('api', 'api');
  const workers = Array.from({ length: options.workers }, (_, index) =>
    start('worker', `worker${index + 1}`, workerFlags),
  );
  const [[, url = '']] = await Promise.all([
    api.line(/^api: (http:\/\/[^\s/]+)/),
    ...workers.map((worker) => worker.line(/^worker: ready/)),
  ]);
  const running = opened.move();
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
    close: () => running.disposeAsync(),
  };
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
