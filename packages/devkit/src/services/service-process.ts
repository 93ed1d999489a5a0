import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { ServiceEndedError } from './service.ts';

export interface ServiceProcessOptions {
  /** How messages call it. */
  name: string;
  /** A program for Node that ends when its stdin closes. */
  program: URL;
  args?: readonly string[];
  env?: Record<string, string>;
  /** Called once if the process ends without `stop()`, after a first answer was read. */
  onUnexpectedEnd: (error: ServiceEndedError) => void;
  /** Called when the process ends in any way but an orderly one, so that it left undone what it does at its end. */
  onDisorderlyEnd?: () => void;
  /** Called for each line of stdout that no `read` took. */
  onUnreadLine?: (line: string) => void;
}

/** A Node process that lives no longer than this one, and talks in lines. */
export interface ServiceProcess {
  readonly pid: number;
  /**
   * The first line of stdout from now on for which `parse` gives something. Rejects if the process ends before, or if it
   * takes longer than a minute.
   */
  read<T>(parse: (line: string) => T | undefined): Promise<T>;
  /** Writes a line to its stdin. */
  send(line: string): void;
  /** Closes its stdin, waits for its end, and kills it if it does not come. */
  stop(): Promise<void>;
}

const ANSWER_LIMIT_MS = 60_000;
const STOP_LIMIT_MS = 10_000;
const KEPT_OUTPUT_LINES = 40;

interface Reader {
  offer(line: string): boolean;
  fail(error: Error): void;
}

export function spawnServiceProcess(options: ServiceProcessOptions): ServiceProcess {
  const { name, program, args = [], env = {} } = options;
  const child = spawn(process.execPath, [fileURLToPath(program), ...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
    // In a group of its own, so that Ctrl-C in a terminal reaches only the owner, which stops its services in order.
    detached: true,
  });
  const lastLines: string[] = [];
  const readers = new Set<Reader>();
  let started = false;
  let stopping: Promise<void> | undefined;

  const keep = (line: string): void => {
    lastLines.push(line);
    if (lastLines.length > KEPT_OUTPUT_LINES) lastLines.shift();
  };
  const endedError = (how: string): ServiceEndedError =>
    new ServiceEndedError([`${name} ended by itself (${how}).`, ...lastLines].join('\n'));

  const ended = new Promise<void>((resolve) => {
    const end = (how: string): void => {
      const error = endedError(how);
      for (const reader of readers) reader.fail(error);
      readers.clear();
      if (started && stopping === undefined) options.onUnexpectedEnd(error);
      resolve();
    };
    child.once('close', (code, signal) => {
      if (code !== 0) options.onDisorderlyEnd?.();
      end(signal ?? `exit code ${code}`);
    });
    child.once('error', (error) => end(error.message));
  });

  createInterface({ input: child.stderr }).on('line', keep);
  createInterface({ input: child.stdout }).on('line', (line) => {
    for (const reader of readers) {
      if (!reader.offer(line)) continue;
      readers.delete(reader);
      return;
    }
    keep(line);
    options.onUnreadLine?.(line);
  });
  // A write to a process that has just ended fails; its end is told elsewhere.
  child.stdin.on('error', () => {});

  return {
    pid: child.pid ?? -1,
    async read<T>(parse: (line: string) => T | undefined): Promise<T> {
      if (child.exitCode !== null || child.signalCode !== null) throw endedError('before it answered');
      const answer = Promise.withResolvers<T>();
      const reader: Reader = {
        offer(line) {
          const parsed = parse(line);
          if (parsed !== undefined) answer.resolve(parsed);
          return parsed !== undefined;
        },
        fail: answer.reject,
      };
      readers.add(reader);
      const limit = setTimeout(() => {
        readers.delete(reader);
        answer.reject(new Error(`${name} did not answer within a minute.`));
      }, ANSWER_LIMIT_MS);
      const value = await answer.promise.finally(() => clearTimeout(limit));
      started = true;
      return value;
    },
    send(line) {
      child.stdin.write(`${line}\n`);
    },
    stop() {
      stopping ??= (async () => {
        child.stdin.end();
        const limit = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
        await ended;
        clearTimeout(limit);
      })();
      return stopping;
    },
  };
}

/** The default for `onUnexpectedEnd`. */
export function warnOfUnexpectedEnd(error: ServiceEndedError): void {
  process.emitWarning(error);
}
