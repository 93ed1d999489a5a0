import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const execFileAsync = promisify(execFile);

/** Runs a program to its end, without stdin, and resolves with its stdout; rejects with the end of its stderr. */
export async function runProgram(
  command: string,
  args: readonly string[],
  options: { env: NodeJS.ProcessEnv; cwd?: string },
): Promise<string> {
  try {
    const running = execFileAsync(command, args, {
      ...options,
      encoding: 'utf8',
      maxBuffer: 16 * 1024 * 1024,
    });
    running.child.stdin?.end();
    return (await running).stdout;
  } catch (error) {
    const stderr = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : '';
    const reason = stderr.split('\n').slice(-3).join(' ') || String(error);
    throw new Error(`${command} ${args[0] ?? ''} failed: ${reason}`, { cause: error });
  }
}
