import type { Usage } from '../processes/report-usage.ts';

export interface MeasuredUsage {
  readonly cpuMicros: number;
  readonly wallSeconds: number;
  /** Of the largest process, since its start. */
  readonly peakRssMegabytes: number;
}

/** A process that reports its usage so far. */
export interface Measured {
  usage(): Promise<Usage>;
}

/** The total usage of the processes during the work. */
export async function measureUsage(
  processes: readonly Measured[],
  work: () => Promise<unknown>,
): Promise<MeasuredUsage> {
  const each = await measureEach(processes, work);
  return {
    cpuMicros: each.reduce((sum, { cpuMicros }) => sum + cpuMicros, 0),
    wallSeconds: each[0]?.wallSeconds ?? 0,
    peakRssMegabytes: Math.max(...each.map(({ peakRssMegabytes }) => peakRssMegabytes)),
  };
}

/** The usage of each process during the work, in their order. */
export async function measureEach(
  processes: readonly Measured[],
  work: () => Promise<unknown>,
): Promise<readonly MeasuredUsage[]> {
  const usages = () => Promise.all(processes.map((one) => one.usage()));
  const before = await usages();
  const from = performance.now();
  await work();
  const wallSeconds = (performance.now() - from) / 1_000;
  const after = await usages();
  return after.map(({ cpuMicros, peakRssBytes }, index) => ({
    cpuMicros: cpuMicros - before[index]!.cpuMicros,
    wallSeconds,
    peakRssMegabytes: peakRssBytes / 1_000_000,
  }));
}
