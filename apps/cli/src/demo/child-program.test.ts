import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';

import { type ChildProgram, ProgramEndedError, startChildProgram } from './child-program.ts';

async function start(code: string, env: Record<string, string> = {}): Promise<ChildProgram> {
  const folder = await mkdtemp(join(tmpdir(), 'child-program-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, 'main.mjs');
  await writeFile(file, code);
  const program = startChildProgram({ name: 'thing', file: pathToFileURL(file), env });
  onTestFinished(() => program.stop());
  return program;
}

const stays = "process.stdin.once('close', () => process.exit()).resume();";

it('waits for a line, and lets the program finish', async () => {
  const program = await start(
    `${stays} console.log('hello'); console.error('ready at', process.env.WHERE);`,
    {
      WHERE: 'home',
    },
  );
  const unexpected: Error[] = [];
  program.onUnexpectedEnd((error) => unexpected.push(error));
  const [, where] = await program.line(/^ready at (\w+)$/);
  expect(where).toBe('home');
  expect([...program.lastLines()].toSorted()).toEqual(['hello', 'ready at home']);
  await program.stop();
  expect(unexpected).toEqual([]);
});

it('says what a program that ended too early said last', async () => {
  const program = await start("console.error('PORT holds 1.5'); process.exitCode = 2;");
  const told = new Promise<Error>((resolve) => {
    program.onUnexpectedEnd(resolve);
  });
  await expect(program.line(/ready/)).rejects.toThrow(
    new ProgramEndedError('The thing ended by itself (exit code 2).', ['PORT holds 1.5']),
  );
  expect(await told).toBeInstanceOf(ProgramEndedError);
});
