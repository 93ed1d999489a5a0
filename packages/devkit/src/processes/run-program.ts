import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const execFileAsync = promisify(execFile);

export interface RunOptions {
  /** Its whole environment; this process's by default. */
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** What it reads from its stdin; nothing by default. */
  readonly input?: string;
}

/** Runs any program to its end and resolves with its stdout; rejects with the end of its stderr. */
export async function runProgram(
  command: string,
  args: readonly string[],
  { input, ...options }: RunOptions = {},
): Promise<string> {
  try {
    const running = execFileAsync(command, args, {
      ...options,
      encoding: 'utf8',
      maxBuffer: 16 * 1024 * 1024,
    });
    running.child.stdin?.on('error', () => {}).end(input);
    return (await running).stdout;
  } catch (error) {
    const stderr = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : '';
    const reason = stderr.split('\n').slice(-3).join(' ') || String(error);
    throw new Error(`${command} ${args[0] ?? ''} failed: ${reason}`, { cause: error });
  }
}
