import { randomUUID } from 'node:crypto';
import { workerFlags } from '@migrator/devkit';
import { createApiClient } from '@migrator/runtime';
import type { Dataset } from '../fakes/dataset.ts';
import { MeasuredProcess } from '../processes/measured-process.ts';
import type { Setting } from './benchmark.ts';
import { fakeServices, type Services, type Way } from './ways.ts';

/** Every measured run is far shorter. */
const wait = { waitSeconds: 240 };

export interface ProductOptions {
  readonly name: string;
  readonly dataset: Pick<Dataset, 'projectId' | 'users' | 'entriesPerUser' | 'entries'>;
  readonly workers: number;
  /** `batches` by default. */
  readonly way?: Way;
}

/** The product as deployed: an API and workers, each a process. */
export interface Product {
  readonly api: MeasuredProcess;
  readonly workers: readonly MeasuredProcess[];
  /** Migrates everything (or these users) and throws unless every entry was written. */
  migrate(userIds?: readonly string[]): Promise<void>;
  verify(): Promise<void>;
  rollBack(): Promise<void>;
  close(): Promise<void>;
}

/** Starts the product, by default over the fakes. */
export async function startProduct(
  setting: Setting,
  options: ProductOptions,
  services: Services = fakeServices(setting.fakes, options),
): Promise<Product> {
  const { name, dataset } = options;
  const env = {
    ...services.env,
    QUEUE_PREFIX: `{bench-${randomUUID().slice(0, 8)}}`,
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
    start('worker', `worker${index + 1}`, [...workerFlags, ...services.nodeFlags]),
  );
  const [[, url = '']] = await Promise.all([
    api.line(/^api: (http:\/\/[^\s/]+)/),
    ...workers.map((worker) => worker.line(/^worker: ready/)),
  ]);
  const client = createApiClient({ url });
  const running = opened.move();
  return {
    api,
    workers,
    async migrate(userIds) {
      const wanted = (userIds?.length ?? dataset.users) * dataset.entriesPerUser;
      await services.watch(wanted, async () => {
        const { stats } = await client.run({ verify: false, userIds: userIds && [...userIds] }, wait);
        expectCount(`${name}: entries written`, stats.createdCount, wanted);
      });
    },
    async verify() {
      const { isValid, counts } = await client.verify(wait);
      if (isValid !== true) throw new Error(`${name}: the verification found differences`);
      expectCount(`${name}: items verified`, counts.dynamodb, dataset.entries);
    },
    async rollBack() {
      const { success, deleted } = await client.rollBack({ dryRun: false }, wait);
      if (!success) throw new Error(`${name}: the rollback did not complete`);
      expectCount(`${name}: items rolled back`, deleted, dataset.entries);
    },
    close: () => running.disposeAsync(),
  };
}

function expectCount(what: string, found: number, wanted: number): void {
  if (found !== wanted) throw new Error(`${what}: ${found} instead of ${wanted}`);
}
