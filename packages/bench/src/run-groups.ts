import { type OpenBenchmark, Unavailable, type Setting } from './benchmarks/benchmark.ts';
import { compare, type Comparison } from './comparisons.ts';
import { type Figures, figuresOf, type Sample } from './figures.ts';
import type { Group } from './groups.ts';

interface Options {
  readonly setting: Setting;
  readonly rounds: number;
  readonly comparisons: readonly Comparison[];
  readonly say: (line: string) => void;
}

/** Measures one group after another; each group's benchmarks take turns. */
export async function runGroups(groups: readonly Group[], options: Options): Promise<Figures> {
  const { rounds, comparisons, say } = options;
  let all: Sample[] = Array.from({ length: rounds }, () => ({}));
  for (const group of groups) {
    say(`${group.name} …`);
    const samples = await runGroup(group, options);
    sayFigures(figuresOf(samples), say);
    all = all.map((sample, round) => ({ ...sample, ...samples[round] }));
  }
  const compared = all.map((sample) => compare(sample, comparisons));
  say('compared …');
  sayFigures(figuresOf(compared), say);
  return figuresOf(all.map((sample, round) => ({ ...sample, ...compared[round] })));
}

async function runGroup(group: Group, { setting, rounds, say }: Options): Promise<Sample[]> {
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
      say(`  ${benchmark.name} is left out: ${error.message}`);
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

function sayFigures(figures: Figures, say: (line: string) => void): void {
  for (const [name, { median, min, max }] of Object.entries(figures)) {
    say(`  ${name.padEnd(52)} ${String(median).padStart(9)}  (${min} to ${max})`);
  }
}
