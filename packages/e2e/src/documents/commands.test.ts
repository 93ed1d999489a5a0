import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { runProgram } from '@migrator/devkit';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { howToRunOf } from './how-to-run.ts';
import { notRun } from './not-run.ts';
import { operatorPages, readText, root } from './pages.ts';
import { type ShellCommand, shellCommands } from './shell-commands.ts';
import { DocumentsEnvironment } from './testing/documents-environment.ts';

/** Those that need an entry that fails come last, and leave it there. */
const last = ['docs/api.md', 'docs/what-if.md'];
const pages = [...operatorPages.filter((page) => !last.includes(page)), ...last];
const commands = pages.flatMap((page) => shellCommands(page));
const isRun = ({ text }: ShellCommand): boolean => !notRun.some(({ begins }) => begins.test(text));
/** With its name apart: it would be cut within a title otherwise. */
const named = (some: readonly ShellCommand[]) => some.map((command) => [command.name, command] as const);

let environment: DocumentsEnvironment;

beforeAll(async () => {
  environment = await DocumentsEnvironment.open();
});

afterAll(() => environment[Symbol.asyncDispose]());

test.for(named(commands.filter((command) => isRun(command))))(
  '%s',
  { timeout: 120_000 },
  async ([, command]) => {
    const { before, duringRun, endless, exit = 0, output = /(?:)/ } = howToRunOf(command.text);
    if (!duringRun) await environment.untilIdle();
    await before?.(environment);
    const ended = await environment.run(command, endless && output);
    expect(ended, ended.output).toMatchObject({ exit: endless ? 'still running' : exit });
    expect(ended.output).toMatch(output);
  },
);

test('what is not run is in the documents, and the test in its place exists', () => {
  const unknown = notRun.filter(({ begins }) => !commands.some(({ text }) => begins.test(text)));
  expect(unknown).toEqual([]);
  expect(notRun.filter(({ instead = '' }) => !existsSync(join(root, instead)))).toEqual([]);
});

test.for(named(commands.filter((command) => !isRun(command))))('bash can read %s', async ([, { text }]) => {
  await expect(runProgram('bash', ['-n', '-c', text])).resolves.toBe('');
});

test('every script that the documents name exists', () => {
  const { scripts } = JSON.parse(readText('package.json')) as { scripts: Record<string, string> };
  const scriptNames = commands.flatMap(
    ({ text }) => /pnpm(?:@[\d.]+)?(?: --\S+| ~\S+)* (\S+)/.exec(text)?.[1] ?? [],
  );
  expect(scriptNames.filter((name) => name !== 'install' && !(name in scripts))).toEqual([]);
});
