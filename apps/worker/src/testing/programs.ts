import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** A program of this repository as a process of its own. */
export interface Program {
  readonly child: ChildProcess;
  /** Its exit code, or the signal that ended it. */
  readonly ended: Promise<number | string>;
  /** What it has written to stderr, and to its log on stdout. */
  errors(): string;
  log(): string;
}

const programs = new Set<Program>();

export function startProgram(name: 'api' | 'worker', env: NodeJS.ProcessEnv): Program {
  const main = fileURLToPath(new URL(`../../../${name}/src/main.ts`, import.meta.url));
  const child = spawn(process.execPath, [main], {
    env: { ...env, PATH: process.env['PATH'] },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [log, errors] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (log += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const ended = once(child, 'exit').then(([code, signal]) => (code ?? signal) as number | string);
  const program = { child, ended, errors: () => errors, log: () => log };
  programs.add(program);
  return program;
}

export async function endChildren(): Promise<void> {
  for (const { child, ended } of programs) {
    child.kill('SIGKILL');
    await ended;
  }
  programs.clear();
}
