import type { OpenContestant, Setting } from './benchmarks/benchmark.ts';
import { type Figures, figuresOf, type Sample } from './figures.ts';
import type { Group } from './groups.ts';

/** Measures one group after another; each group's benchmarks take turns. */
export async function runGroups(
  groups: readonly Group[],
  options: { setting: Setting; rounds: number; say: (line: string) => void },
): Promise<Figures> {
  let figures: Figures = {};
  for (const group of groups) {
    options.say(`${group.name} …`);
    figures = { ...figures, ...(await runGroup(group, options)) };
  }
  return figures;
}

async function runGroup(
  group: Group,
  { setting, rounds, say }: { setting: Setting; rounds: number; say: (line: string) => void },
): Promise<Figures> {
  await using opened = new AsyncDisposableStack();
  const open: OpenContestant[] = [];
  for (const benchmark of group.benchmarks) {
    const contestant = await benchmark.open(setting);
    opened.defer(() => contestant.close());
    await contestant.warmUp();
    open.push(contestant);
  }
  const samples: Sample[] = [];
  for (let round = 0; round < rounds; round += 1) {
    let sample: Record<string, number> = {};
    for (const benchmark of open) sample = { ...sample, ...(await benchmark.measure()) };
    for (const { name, of, to } of group.ratios) {
      const [above, below] = [sample[of], sample[to]];
      if (above !== undefined && below !== undefined) sample[name] = above / below;
    }
    samples.push(sample);
  }
  const figures = figuresOf(samples);
  for (const [name, { median, min, max }] of Object.entries(figures)) {
    say(`  ${name.padEnd(52)} ${String(median).padStart(9)}  (${min} to ${max})`);
  }
  return figures;
}
