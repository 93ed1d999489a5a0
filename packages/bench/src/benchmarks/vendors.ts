import { existsSync } from 'node:fs';
import { fillFirestore, journals, startVendorServices, VendorsMissingError } from '@migrator/devkit';
import { processUsage } from '../processes/process-usage.ts';
import { type Benchmark, Unavailable } from './benchmark.ts';
import { type Measured, measureEach } from './measure-usage.ts';
import { openStack } from './processes.ts';

const projectId = 'demo-vendors';

/**
 * The product between Google's Firestore emulator and Amazon's DynamoDB Local. `cores` of a process are its CPU seconds for
 * each second of the run: what bounds the run is the one that has a core of its own, or all together the machine's cores.
 */
export function vendors(journal: { readonly users: number; readonly entriesPerUser: number }): Benchmark {
  const name = 'vendors';
  const { users, entriesPerUser } = journal;
  const dataset = { projectId, users, entriesPerUser, entries: users * entriesPerUser };
  return {
    name,
    async open(setting) {
      if (!existsSync('/proc/self/stat')) throw new Unavailable('the CPU of others is read from /proc.');
      await using opened = new AsyncDisposableStack();
      const engines = opened.use(await start());
      await fillFirestore(journals({ ...journal, missingEvery: 0 }), engines.env);
      const services = { env: engines.env, nodeFlags: [], watch: unwatched };
      const stack = await openStack(setting, { name, dataset, workers: 1 }, services);
      opened.defer(() => stack.close());
      const { firestore, dynamodb, redis } = engines;
      const measured = {
        worker: stack.workers[0]!,
        api: stack.api,
        firestore: byPid(firestore.pid),
        dynamodb: byPid(dynamodb.pid),
        ...(redis.pid === undefined ? {} : { redis: byPid(redis.pid) }),
      };
      const running = opened.move();
      const measure = async (): Promise<Record<string, number>> => {
        const spent = await measureEach(Object.values(measured), () => stack.migrate());
        await stack.rollBack();
        const { wallSeconds, cpuMicros } = spent[0]!;
        const cores = Object.keys(measured).map((process, index) => [
          `${name}.cores.${process}`,
          spent[index]!.cpuMicros / 1_000_000 / wallSeconds,
        ]);
        return {
          [`${name}.entriesPerSecond`]: dataset.entries / wallSeconds,
          [`${name}.workerCpuMicrosPerEntry`]: cpuMicros / dataset.entries,
          ...Object.fromEntries(cores),
        };
      };
      return {
        measure,
        async warmUp() {
          await measure();
        },
        close: () => running.disposeAsync(),
      };
    },
  };
}

async function start(): ReturnType<typeof startVendorServices> {
  try {
    return await startVendorServices({ projectId, dynamodb: { createTable: true } });
  } catch (error) {
    if (error instanceof VendorsMissingError) throw new Unavailable(error.message, { cause: error });
    throw error;
  }
}

function byPid(pid: number): Measured {
  return { usage: () => processUsage(pid) };
}

/** These engines count no calls. */
async function unwatched(_entries: number, migrate: () => Promise<void>): Promise<void> {
  await migrate();
}
