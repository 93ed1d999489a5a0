import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { diff, parseArgs } from 'node:util';
import {
  caseFolders,
  type CaseOutcome,
  expectedOutcome,
  mappedOutcome,
  outcomeFiles,
} from './mapping-case.ts';
import { sortedJson } from './sorted-json.ts';

/** `pnpm cases`: shows where the mapping and the folders of `packages/core/cases` differ. `--update` rewrites them. */

const { update } = parseArgs({ options: { update: { type: 'boolean', default: false } } }).values;
let differing = 0;

for (const folder of caseFolders) {
  const expected = lines(expectedOutcome(folder));
  const outcome = mappedOutcome(folder);
  const changes = diff(lines(outcome), expected).filter(([operation]) => operation !== 0);
  if (changes.length === 0) continue;
  differing++;
  console.log(path.basename(folder));
  for (const [operation, line] of changes) console.log(`${operation > 0 ? '+' : '-'} ${line}`);
  if (update) write(folder, outcome);
}

const cases = differing === 1 ? '1 case' : `${differing} cases`;
if (differing === 0) {
  console.log('The mapping makes of each case what its folder says.');
} else if (update) {
  console.log(`Rewrote ${cases}. Run pnpm format, and look at each change before the commit.`);
} else {
  console.log(`${cases} would change. If this is meant: pnpm cases --update`);
  process.exitCode = 1;
}

function lines(outcome: CaseOutcome): string[] {
  return sortedJson(outcome).split('\n');
}

function write(folder: string, outcome: CaseOutcome): void {
  for (const name of outcomeFiles) {
    const file = path.join(folder, name);
    const content = outcome[name];
    if (content === undefined) rmSync(file, { force: true });
    else writeFileSync(file, typeof content === 'string' ? content : `${JSON.stringify(content, null, 2)}\n`);
  }
}
