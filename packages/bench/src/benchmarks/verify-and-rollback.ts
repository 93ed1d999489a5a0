import type { Benchmark } from './benchmark.ts';
import { measureUsage } from './measure-usage.ts';
import { openStack, type StackOptions } from './processes.ts';

/** What comes after a run: its verification and its rollback, over a table that keeps what the run put. */
export function verifyAndRollback(options: Omit<StackOptions, 'name' | 'way'>): Benchmark {
  const { dataset } = options;
  return {
    name: 'verify',
    async open(setting) {
      const stack = await openStack(setting, { ...options, name: 'verify', way: 'kept' });
      const measure: () => Promise<Record<string, number>> = async () => {
        await stack.migrate();
        const verification = await measureUsage([stack.api, ...stack.workers], () => stack.verify());
        const rollback = await measureUsage([stack.api, ...stack.workers], () => stack.rollBack());
        return {
          'verify.cpuMicrosPerEntry': verification.cpuMicros / dataset.entries,
          'verify.entriesPerSecond': dataset.entries / verification.wallSeconds,
          'rollback.cpuMicrosPerItem': rollback.cpuMicros / dataset.entries,
          'rollback.itemsPerSecond': dataset.entries / rollback.wallSeconds,
        };
      };
      return {
        measure,
        async warmUp() {
          await measure();
        },
        close: () => stack.close(),
      };
    },
  };
}
