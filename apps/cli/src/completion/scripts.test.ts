import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Argument, Command, Option } from 'commander';
import { afterAll, expect, it } from 'vitest';

import { commandWords } from './command-words.ts';
import { completionScript } from './scripts.ts';

const program = new Command('journal-migrate');
program
  .command('report')
  .description("a run's report")
  .addOption(new Option('--format <format>').choices(['json', 'csv']))
  .option('--output <file>');
program.command('verify').option('--mode <mode>');
program.command('shell').addArgument(new Argument('<shell>').choices(['bash', 'fish']));
const backup = program.command('backup').option('--out <file>').option('--user <id...>').option('--resume');
backup.command('verify').option('--json');
const all = commandWords(program);

const folder = mkdtempSync(join(tmpdir(), 'completion-'));
const script = join(folder, 'completion.sh');
writeFileSync(script, completionScript('bash', 'journal-migrate', all));
afterAll(() => rmSync(folder, { recursive: true }));

/** What bash offers for the last of these words. */
function offered(...words: string[]): string[] {
  const ask =
    'source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _journal_migrate; printf "%s\\n" "${COMPREPLY[@]}"';
  const args = ['--norc', '-c', ask, 'bash', script, 'journal-migrate', ...words];
  return execFileSync('bash', args, { encoding: 'utf8' }).split('\n').filter(Boolean);
}

it.each([
  [[''], ['report', 'verify', 'shell', 'backup', '--help']],
  [['r'], ['report']],
  [
    ['report', '--'],
    ['--format', '--output', '--help'],
  ],
  [
    ['report', '--format', ''],
    ['json', 'csv'],
  ],
  [['report', '--format', 'csv', '--o'], ['--output']],
  [['report', '--output', ''], []],
  [['shell', 'f'], ['fish']],
  [
    ['backup', ''],
    ['verify', '--out', '--user', '--resume', '--help'],
  ],
  [['backup', '--out', 'f.gz', '--r'], ['--resume']],
  [
    ['backup', 'verify', '--'],
    ['--json', '--help'],
  ],
  [
    ['verify', '--'],
    ['--mode', '--help'],
  ],
  [['unknown', 're'], ['report']],
])('bash completes %j to %j', (words, expected) => {
  expect(offered(...words)).toEqual(expected);
});

it('bash registers it for the program', () => {
  const registered = execFileSync('bash', [
    '--norc',
    '-c',
    `source '${script}'; complete -p journal-migrate`,
  ]);
  expect(registered.toString()).toContain('-F _journal_migrate journal-migrate');
});

it('zsh and fish have the same words', () => {
  expect(completionScript('zsh', 'journal-migrate', all)).toContain('bashcompinit');
  const fish = completionScript('fish', 'journal-migrate', all);
  expect(fish).toContain("-n '_journal_migrate_at backup verify' -l json");
  expect(fish).toContain(String.raw`-a report -d 'a run'\''s report'`);
  expect(fish).toContain("-l format -d '' -x -a 'json csv'");
});
