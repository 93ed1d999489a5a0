import type { MeasuredProcess } from '../processes/measured-process.ts';

export interface Spent {
  readonly cpuMicros: number;
  readonly wallSeconds: number;
  /** Of the largest process, since its start. */
  readonly peakRssMegabytes: number;
}

/** What the work costs the processes together. */
export async function measureUsage(
  processes: readonly MeasuredProcess[],
  work: () => Promise<unknown>,
): Promise<Spent> {
  const usages = () => Promise.all(processes.map((one) => one.usage()));
  const before = await usages();
  const from = performance.now();
  await work();
  const wallSeconds = (performance.now() - from) / 1_000;
  const after = await usages();
  const cpu = (all: typeof before): number => all.reduce((sum, { cpuMicros }) => sum + cpuMicros, 0);
  return {
    cpuMicros: cpu(after) - cpu(before),
    wallSeconds,
    peakRssMegabytes: Math.max(...after.map(({ peakRssBytes }) => peakRssBytes)) / 1_000_000,
  };
}
