import type { Dataset } from '../fakes/dataset.ts';
import type { Benchmark } from './benchmark.ts';
import { measureUsage } from './measure-usage.ts';
import { startProduct, type ProductOptions } from './product.ts';

/** The whole product from Firestore to the table: API, jobs, ledger, checkpoints. */
export function pipeline(
  options: ProductOptions & {
    readonly dataset: Dataset;
    /** The users of a warm-up; all by default. */
    readonly warmUpUsers?: number;
    /** The divisor of the CPU figure. */
    readonly per?: 'Entry' | 'User';
  },
): Benchmark {
  const { name, dataset, warmUpUsers, per = 'Entry' } = options;
  return {
    name,
    async open(setting) {
      const product = await startProduct(setting, options);
      return {
        async warmUp() {
          const some = Array.from({ length: warmUpUsers ?? 0 }, (_, index) => dataset.userId(index));
          await product.migrate(warmUpUsers === undefined ? undefined : some);
        },
        async measure() {
          const { cpuMicros, wallSeconds } = await measureUsage([product.api, ...product.workers], () =>
            product.migrate(),
          );
          const { peakRssMegabytes } = await measureUsage(product.workers, async () => undefined);
          const tasks = per === 'Entry' ? dataset.entries : dataset.users;
          return {
            [`${name}.cpuMicrosPer${per}`]: cpuMicros / tasks,
            [`${name}.entriesPerSecond`]: dataset.entries / wallSeconds,
            [`${name}.peakRssMegabytes`]: peakRssMegabytes,
          };
        },
        close: () => product.close(),
      };
    },
  };
}
