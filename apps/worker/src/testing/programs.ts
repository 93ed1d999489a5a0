import { type Program, startProgram as start } from '@migrator/devkit';
import { onTestFinished } from 'vitest';

/** Starts a program that is gone when the test is over. */
export function startProgram(
  main: 'api' | 'worker',
  env: NodeJS.ProcessEnv,
  nodeFlags: readonly string[] = [],
): Program {
  const program = start({ main, env, nodeFlags });
  onTestFinished(() => program.kill());
  return program;
}
