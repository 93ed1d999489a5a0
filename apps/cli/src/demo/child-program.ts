import { spawn } from 'node:child_process';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface ChildProgramOptions {
  /** How messages call it. */
  readonly name: string;
  /** A program for Node that takes `--exit-with-parent`. */
  readonly file: URL;
  /** Its whole environment. */
  readonly env: Readonly<Record<string, string>>;
}

/** A program of this repository, running as a child that lives no longer than this process. */
export interface ChildProgram {
  readonly name: string;
  /** The first line from now on that fits. Throws a ProgramEndedError if the program ends before, or says nothing. */
  line(pattern: RegExp): Promise<RegExpExecArray>;
  /** Calls back if the program ends although nobody asked it to. */
  onUnexpectedEnd(tell: (error: ProgramEndedError) => void): void;
  /** What it said last. */
  lastLines(): readonly string[];
  /** Lets it finish, kills it if it does not, and waits for its end. */
  stop(): Promise<void>;
}

/** The message has the last lines of what the program said. */
export class ProgramEndedError extends Error {
  override readonly name = 'ProgramEndedError';
  readonly lastLines: readonly string[];

  constructor(message: string, lastLines: readonly string[]) {
    super([message, ...lastLines.map((line) => `  ${line}`)].join('\n'));
    this.lastLines = lastLines;
  }
}

const readyLimitMs = 60_000;
const stopLimitMs = 12_000;
const keptLines = 20;

export function startChildProgram({ name, file, env }: ChildProgramOptions): ChildProgram {
  const path = fileURLToPath(file);
  const child = spawn(process.execPath, [path, '--exit-with-parent'], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env,
    // Not where this process is: a `.env` there may point to somebody's real data.
    cwd: dirname(path),
    // In a group of its own, so that Ctrl-C reaches only this process, which stops its children in order.
    detached: true,
  });
  const kept: string[] = [];
  const listeners = new Set<(line: string) => void>();
  const ended = Promise.withResolvers<ProgramEndedError>();
  let stopping: Promise<void> | undefined;

  for (const input of [child.stdout, child.stderr]) {
    createInterface({ input }).on('line', (line) => {
      kept.push(line);
      if (kept.length > keptLines) kept.shift();
      for (const listener of listeners) listener(line);
    });
  }
  const end = (how: string): void =>
    ended.resolve(new ProgramEndedError(`The ${name} ended by itself (${how}).`, kept));
  child.once('close', (code, signal) => end(signal ?? `exit code ${code}`));
  child.once('error', (error) => end(error.message));
  // Its end is told above.
  child.stdin.on('error', () => {});

  return {
    name,
    async line(pattern) {
      const found = Promise.withResolvers<RegExpExecArray>();
      const listener = (line: string): void => {
        const match = pattern.exec(line);
        if (match !== null) found.resolve(match);
      };
      listeners.add(listener);
      const limit = setTimeout(() => {
        found.reject(
          new ProgramEndedError(`The ${name} was not ready after ${readyLimitMs / 1000} s.`, kept),
        );
      }, readyLimitMs);
      try {
        return await Promise.race([found.promise, ended.promise.then((error) => Promise.reject(error))]);
      } finally {
        clearTimeout(limit);
        listeners.delete(listener);
      }
    },
    onUnexpectedEnd(tell) {
      void (async () => {
        const error = await ended.promise;
        if (stopping === undefined) tell(error);
      })();
    },
    lastLines: () => kept,
    stop() {
      stopping ??= (async () => {
        child.stdin.end();
        const limit = setTimeout(() => child.kill('SIGKILL'), stopLimitMs);
        await ended.promise;
        clearTimeout(limit);
      })();
      return stopping;
    },
  };
}
