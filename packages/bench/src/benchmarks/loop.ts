import { MeasuredProcess } from '../processes/measured-process.ts';
import type { Benchmark } from './benchmark.ts';
import { clientEnvironment } from '../processes/fakes.ts';
import { measureUsage } from './measure-usage.ts';

/** A program in src/clients that does one task after another. */
export function loop(options: {
  name: string;
  program: string;
  args?: readonly string[];
  task: string;
  warmUpTask?: string;
}): Benchmark {
  const { name, program, args = [], task, warmUpTask = task } = options;
  return {
    name,
    async open({ fakes, profileFolder }) {
      const client = new MeasuredProcess({
        name,
        main: new URL(`../clients/${program}-program.ts`, import.meta.url),
        args,
        env: clientEnvironment(fakes),
        profileFolder,
      }).start();
      await client.message('ready');
      return {
        async warmUp() {
          await client.request({ task: warmUpTask }, 'done');
        },
        async measure() {
          let entries = 0;
          const { cpuMicros, wallSeconds } = await measureUsage([client], async () => {
            entries = await client.request<number>({ task }, 'done');
          });
          return {
            [`${name}.cpuMicrosPerEntry`]: cpuMicros / entries,
            [`${name}.entriesPerSecond`]: entries / wallSeconds,
          };
        },
        close: () => client.stop(),
      };
    },
  };
}
