import { fork } from 'node:child_process';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Usage } from './usage.ts';

export interface ProcessOptions {
  readonly name: string;
  readonly file: URL;
  readonly args?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  /** Flags for Node itself. */
  readonly nodeFlags?: readonly string[];
  /** A folder for its CPU profile, written when it ends. */
  readonly profileFolder?: string | undefined;
}

/** A Node program in a process of its own, which ends with this one. */
export interface MeasuredProcess {
  /** Its first line from now on that fits. */
  line(pattern: RegExp): Promise<RegExpExecArray>;
  /** Sends a message and waits for the answer to it: the first message with the property `answer`. */
  ask<T>(question: object, answer: string): Promise<T>;
  /** The first message with this property. */
  told<T>(property: string): Promise<T>;
  usage(): Promise<Usage>;
  /** Asks it to end and kills it if it does not. */
  stop(): Promise<void>;
}

const reporter = new URL('./report-usage.ts', import.meta.url);
const answerLimitMs = 300_000;
const stopLimitMs = 12_000;
const keptLines = 20;
/** The rest of this process's environment may point to somebody's real data. */
const inherited = ['PATH', 'HOME', 'TMPDIR', 'LANG'];

export function startProcess(options: ProcessOptions): MeasuredProcess {
  const { name, file, args = [], env = {}, nodeFlags = [], profileFolder } = options;
  const path = fileURLToPath(file);
  const profiling =
    profileFolder === undefined
      ? []
      : ['--cpu-prof', `--cpu-prof-dir=${profileFolder}`, `--cpu-prof-name=${name}.cpuprofile`];
  const child = fork(path, [...args, '--exit-with-parent'], {
    stdio: ['pipe', 'pipe', 'pipe', 'ipc'],
    execArgv: [...nodeFlags, '--import', reporter.href, ...profiling],
    // Not where this process is: a `.env` there may point to somebody's real data.
    cwd: dirname(path),
    env: { ...ownEnvironment(), ...env },
  });
  const kept: string[] = [];
  const watchers = new Set<(line: string) => void>();
  for (const input of [child.stdout, child.stderr]) {
    createInterface({ input: input! }).on('line', (line) => {
      kept.push(line);
      if (kept.length > keptLines) kept.shift();
      for (const watcher of watchers) watcher(line);
    });
  }
  child.stdin?.on('error', () => {});
  const ended = Promise.withResolvers<never>();
  ended.promise.catch(() => undefined);
  const end = (how: string): void =>
    ended.reject(new Error([`${name} ended (${how}).`, ...kept.map((line) => `  ${line}`)].join('\n')));
  child.once('exit', (code, signal) => end(signal ?? `exit code ${code}`));
  child.once('error', (error) => end(error.message));

  async function waitFor<T>(what: string, listen: (found: (value: T) => void) => () => void): Promise<T> {
    const found = Promise.withResolvers<T>();
    const stopListening = listen(found.resolve);
    const limit = setTimeout(
      () => found.reject(new Error(`${name} said nothing about ${what}:\n${kept.join('\n')}`)),
      answerLimitMs,
    );
    try {
      return await Promise.race([found.promise, ended.promise]);
    } finally {
      clearTimeout(limit);
      stopListening();
    }
  }

  const told = <T>(property: string): Promise<T> =>
    waitFor<T>(property, (found) => {
      const listener = (message: unknown): void => {
        if (typeof message === 'object' && message !== null && property in message) {
          found((message as Record<string, T>)[property]!);
        }
      };
      child.on('message', listener);
      return () => child.off('message', listener);
    });
  const ask = async <T>(question: object, answer: string): Promise<T> => {
    const reply = told<T>(answer);
    child.send(question);
    return await reply;
  };
  let stopping: Promise<void> | undefined;

  return {
    told,
    ask,
    line: (pattern) =>
      waitFor<RegExpExecArray>(String(pattern), (found) => {
        const watcher = (line: string): void => {
          const match = pattern.exec(line);
          if (match !== null) found(match);
        };
        watchers.add(watcher);
        return () => watchers.delete(watcher);
      }),
    usage: () => ask<Usage>({ usageAsked: true }, 'usage'),
    stop() {
      stopping ??= (async () => {
        const limit = setTimeout(() => child.kill('SIGKILL'), stopLimitMs);
        child.kill('SIGTERM');
        await ended.promise.catch(() => undefined);
        clearTimeout(limit);
      })();
      return stopping;
    },
  };
}

function ownEnvironment(): Record<string, string> {
  return Object.fromEntries(
    inherited.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  );
}
