import { type OpenBenchmark, Unavailable, type Setting } from './benchmarks/benchmark.ts';
import { compare, type Comparison } from './comparisons.ts';
import { type Figures, figuresOf, type Sample } from './figures.ts';
import type { Group } from './groups.ts';

interface Options {
  readonly setting: Setting;
  readonly rounds: number;
  readonly comparisons: readonly Comparison[];
  readonly log: (line: string) => void;
}

/** Measures one group after another; each group's benchmarks take turns. */
export async function runGroups(groups: readonly Group[], options: Options): Promise<Figures> {
  const { rounds, comparisons, log } = options;
  let all: Sample[] = Array.from({ length: rounds }, () => ({}));
  for (const group of groups) {
    log(`${group.name} …`);
    const samples = await runGroup(group, options);
    logFigures(figuresOf(samples), log);
    all = all.map((sample, round) => ({ ...sample, ...samples[round] }));
  }
  const compared = all.map((sample) => compare(sample, comparisons));
  log('compared …');
  logFigures(figuresOf(compared), log);
  return figuresOf(all.map((sample, round) => ({ ...sample, ...compared[round] })));
}

async function runGroup(group: Group, { setting, rounds, log }: Options): Promise<Sample[]> {
  await using opened = new AsyncDisposableStack();
  const open: OpenBenchmark[] = [];
  for (const benchmark of group.benchmarks) {
    try {
      const started = await benchmark.open(setting);
      opened.defer(() => started.close());
      await (started.warmUp ?? started.measure)();
      open.push(started);
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
      log(`  ${benchmark.name} is left out: ${error.message}`);
    }
  }
  const samples: Sample[] = [];
  for (let round = 0; round < rounds; round += 1) {
    let sample: Sample = {};
    for (const benchmark of open) sample = { ...sample, ...(await benchmark.measure()) };
    samples.push(sample);
  }
  return samples;
}

function logFigures(figures: Figures, log: (line: string) => void): void {
  for (const [name, { median, min, max }] of Object.entries(figures)) {
    log(`  ${name.padEnd(52)} ${String(median).padStart(9)}  (${min} to ${max})`);
  }
}
