import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fillFirestore, journals, startVendorServices, VendorsMissingError } from '@migrator/devkit';
import type { Usage } from '../processes/report-usage.ts';
import { type Benchmark, Unavailable } from './benchmark.ts';
import { type Measured, measureEach } from './measure-usage.ts';
import { startProduct } from './product.ts';

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
      if (!existsSync('/proc/self/stat'))
        throw new Unavailable('the CPU of other programs is read from /proc.');
      await using opened = new AsyncDisposableStack();
      const engines = opened.use(await start());
      await fillFirestore(journals({ ...journal, missingEvery: 0 }), engines.env);
      const services = { env: engines.env, nodeFlags: [], watch: uncounted };
      const product = await startProduct(setting, { name, dataset, workers: 1 }, services);
      opened.defer(() => product.close());
      const { firestore, dynamodb, redis } = engines;
      const measured = {
        worker: product.workers[0]!,
        api: product.api,
        firestore: byPid(firestore.pid),
        dynamodb: byPid(dynamodb.pid),
        ...(redis.pid === undefined ? {} : { redis: byPid(redis.pid) }),
      };
      const running = opened.move();
      const measure = async (): Promise<Record<string, number>> => {
        const used = await measureEach(Object.values(measured), () => product.migrate());
        await product.rollBack();
        const { wallSeconds, cpuMicros } = used[0]!;
        const cores = Object.keys(measured).map((process, index) => [
          `${name}.cores.${process}`,
          used[index]!.cpuMicros / 1_000_000 / wallSeconds,
        ]);
        return {
          [`${name}.entriesPerSecond`]: dataset.entries / wallSeconds,
          [`${name}.workerCpuMicrosPerEntry`]: cpuMicros / dataset.entries,
          ...Object.fromEntries(cores),
        };
      };
      return { measure, close: () => running.disposeAsync() };
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
async function uncounted(_entries: number, migrate: () => Promise<void>): Promise<void> {
  await migrate();
}

/** On Linux a second has this many ticks for every program. */
const ticksPerSecond = 100;

/** The usage so far of a process other than Node, by Linux's /proc. Throws without /proc. */
async function processUsage(pid: number): Promise<Usage> {
  const [stat, status, schedstat] = await Promise.all([
    readFile(`/proc/${pid}/stat`, 'utf8'),
    readFile(`/proc/${pid}/status`, 'utf8'),
    // Some kernels keep none.
    readFile(`/proc/${pid}/schedstat`, 'utf8').catch(() => '0'),
  ]);
  // The name in parentheses may hold spaces. After it utime and stime are the 12th and 13th.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = Number(fields[11]) + Number(fields[12]);
  // In nanoseconds, of the first thread only: what a process with a small share of a short run has used is less than a tick.
  const cpuMicros = Math.max((ticks / ticksPerSecond) * 1_000_000, Number(schedstat.split(' ')[0]) / 1_000);
  const kilobytes = Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1]);
  return { cpuMicros, peakRssBytes: kilobytes * 1024 };
}
