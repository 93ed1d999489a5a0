import type { Usage } from '../processes/report-usage.ts';

export interface MeasuredUsage {
  readonly cpuMicros: number;
  readonly wallSeconds: number;
  /** Of the largest process, since its start. */
  readonly peakRssMegabytes: number;
}

/** A process that says what it has used up so far. */
export interface Measured {
  usage(): Promise<Usage>;
}

/** What the work costs the processes together. */
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

/** What the work costs each of the processes, in their order. */
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
