import { arch, cpus, platform } from 'node:os';
import { parseArgs } from 'node:util';
import type { Benchmark } from './benchmarks/benchmark.ts';
import { markdownTable } from './figures.ts';
import { comparisonsOf, groupsOf, type Group, quickSizes, wholeSizes } from './groups.ts';
import { startFakes } from './processes/fakes.ts';
import { runGroups } from './run-groups.ts';

const help = `pnpm bench [--json] [--markdown] [--quick] [--only NAME]… [--rounds N] [--profile FOLDER]

  --json       the figures as one object on the last line
  --markdown   the figures as the table that docs/performance.md has
  --quick      a run of a minute over next to nothing: shows that it works, measures nothing
  --only       groups or ways of this name, or below it
  --rounds     how often each is measured, 3 by default
  --profile    writes a CPU profile of each client to FOLDER
`;

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    markdown: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true, default: [] },
    rounds: { type: 'string', default: '3' },
    profile: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  process.stdout.write(help);
  process.exit(0);
}
const rounds = Number(values.rounds);
if (!Number.isInteger(rounds) || rounds < 1 || rounds > 100) {
  process.stderr.write('--rounds takes a number from 1 to 100\n');
  process.exit(2);
}
const sizes = values.quick ? quickSizes : wholeSizes;
const groups = groupsOf(sizes)
  .map((group) => ({ ...group, benchmarks: group.benchmarks.filter((one) => isWanted(group, one)) }))
  .filter((group) => group.benchmarks.length > 0);
if (groups.length === 0) {
  process.stderr.write(`nothing is called ${values.only.join(' or ')}\n`);
  process.exit(2);
}

const log = (line: string): void => void process.stderr.write(`${line}\n`);
const machine = `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, ${platform()} ${arch()}, Node ${process.version}`;
log(machine);

await using fakes = await startFakes();
const started = performance.now();
const setting = { fakes, profileFolder: values.profile };
const figures = await runGroups(groups, { setting, rounds, comparisons: comparisonsOf(sizes), log });
log(`${Math.round((performance.now() - started) / 1_000)} s in all`);
if (values.markdown) process.stdout.write(markdownTable(figures, machine));
if (values.json) process.stdout.write(`${JSON.stringify({ machine, ...figures })}\n`);

function isWanted(group: Group, benchmark: Benchmark): boolean {
  if (values.only.length === 0) return true;
  return values.only.some((name) => group.name === name || `${benchmark.name}.`.startsWith(`${name}.`));
}
