import type { Benchmark } from './benchmark.ts';
import { measureUsage } from './measure-usage.ts';
import { startProduct, type ProductOptions } from './product.ts';

/** The verification and the rollback of a run, over a table that keeps its items. */
export function verifyAndRollback(options: Omit<ProductOptions, 'name' | 'way'>): Benchmark {
  const { dataset } = options;
  return {
    name: 'verify',
    async open(setting) {
      const product = await startProduct(setting, { ...options, name: 'verify', way: 'kept' });
      const measure = async (): Promise<Record<string, number>> => {
        await product.migrate();
        const verification = await measureUsage([product.api, ...product.workers], () => product.verify());
        const rollback = await measureUsage([product.api, ...product.workers], () => product.rollBack());
        return {
          'verify.cpuMicrosPerEntry': verification.cpuMicros / dataset.entries,
          'verify.entriesPerSecond': dataset.entries / verification.wallSeconds,
          'rollback.cpuMicrosPerItem': rollback.cpuMicros / dataset.entries,
          'rollback.itemsPerSecond': dataset.entries / rollback.wallSeconds,
        };
      };
      return { measure, close: () => product.close() };
    },
  };
}
