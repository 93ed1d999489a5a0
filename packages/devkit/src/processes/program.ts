import { type ChildProcess, spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { basename, dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const apps = {
  api: new URL('../../../../apps/api/src/main.ts', import.meta.url),
  worker: new URL('../../../../apps/worker/src/main.ts', import.meta.url),
  cli: new URL('../../../../apps/cli/src/main.ts', import.meta.url),
};

export interface ProgramOptions {
  /** One of ours, any other file for Node, or the text of a TypeScript module. */
  readonly main: keyof typeof apps | URL | { readonly code: string };
  /** Its name in messages; by default that of its file. */
  readonly name?: string;
  readonly args?: readonly string[];
  readonly nodeFlags?: readonly string[];
  /** Its environment, in addition to the few variables that it inherits and those that keep the cloud SDKs on this machine. */
  readonly env?: NodeJS.ProcessEnv;
  /** A network namespace to run it in. */
  readonly host?: string;
  /** Opens Node's channel for messages. */
  readonly ipc?: boolean;
  /** Restarts it after an unexpected end, this many milliseconds later. */
  readonly restartAfterMs?: number;
  readonly onLine?: (line: string) => void;
  /** Called at an unexpected end, unless that fails a wait for its output. */
  readonly onUnexpectedEnd?: (error: ProgramError) => void;
}

/** A program ended unexpectedly, or did not write an expected line. The message has its last lines. */
export class ProgramError extends Error {
  override readonly name = 'ProgramError';
  readonly lastLines: readonly string[];

  constructor(message: string, lastLines: readonly string[] = []) {
    super([message, ...lastLines.map((line) => `  ${line}`)].join('\n'));
    this.lastLines = lastLines;
  }
}

/** The same as in the script `worker`. */
export const workerFlags: readonly string[] = ['--max-semi-space-size=8', '--max-old-space-size=768'];

/** The rest of this process's environment may point to real data. */
const inherited = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'NODE_COMPILE_CACHE'];
const onThisMachine = { METADATA_SERVER_DETECTION: 'none', AWS_EC2_METADATA_DISABLED: 'true' };
const endWithParent = new URL('./end-with-parent.ts', import.meta.url).href;

const keptLines = 20;
const keptCharacters = 4 * 1024 * 1024;
const answerLimitMs = 60_000;
/** Longer than the shutdown limit of our programs. */
const stopLimitMs = 12_000;

/** A Node program in a process of its own, which ends with this one, also if this one is killed. */
export class Program implements AsyncDisposable {
  readonly name: string;
  /** Unexpected ends, with the last lines before each. */
  readonly unexpectedEnds: string[] = [];
  readonly #options: ProgramOptions;
  readonly #listeners = new Set<(line: string) => void>();
  readonly #waiting = new Set<(error: ProgramError) => void>();
  #child: ChildProcess | undefined;
  #ended: Promise<number | string> = Promise.resolve('not started');
  #isEndExpected = false;
  #isFrozen = false;
  #restart: NodeJS.Timeout | undefined;
  #lines: string[] = [];
  #stdout = '';
  #stderr = '';

  constructor(options: ProgramOptions) {
    const { main } = options;
    this.#options = options;
    const own = main instanceof URL ? basename(fileURLToPath(main), '.ts') : 'The program';
    this.name = options.name ?? (typeof main === 'string' ? main : own);
  }

  get pid(): number {
    return this.#child?.pid ?? -1;
  }

  get isFrozen(): boolean {
    return this.#isFrozen;
  }

  /** Its exit code, or the signal that ended it. */
  get ended(): Promise<number | string> {
    return this.#ended;
  }

  /** Its output since its start, up to some MiB. */
  get stdout(): string {
    return this.#stdout;
  }

  get stderr(): string {
    return this.#stderr;
  }

  get output(): string {
    return this.#stdout + this.#stderr;
  }

  get lastLines(): readonly string[] {
    return this.#lines;
  }

  protected get child(): ChildProcess | undefined {
    return this.#child;
  }

  start(): this {
    const { main, args = [], nodeFlags = [], env, host, ipc = false } = this.#options;
    const url = typeof main === 'string' ? apps[main] : main;
    const entry = url instanceof URL ? [fileURLToPath(url)] : ['--eval', url.code];
    const flags = [
      '--import',
      endWithParent,
      ...(url instanceof URL ? [] : ['--input-type=module-typescript']),
    ];
    const node = [process.execPath, ...flags, ...nodeFlags, ...entry, ...args];
    const [command = '', ...rest] = host === undefined ? node : ['ip', 'netns', 'exec', host, ...node];
    const child = spawn(command, rest, {
      stdio: ['pipe', 'pipe', 'pipe', ...(ipc ? ['ipc' as const] : [])],
      // Not where this process is: a `.env` there may point to real data.
      cwd: url instanceof URL ? dirname(fileURLToPath(url)) : tmpdir(),
      env: { ...pick(process.env, inherited), ...onThisMachine, ...env },
      // In a group of its own: Ctrl-C in a terminal reaches only this process, which stops its programs in order.
      detached: true,
    });
    this.#child = child;
    this.#isEndExpected = false;
    this.#isFrozen = false;
    this.#lines = [];
    this.#stdout = this.#stderr = '';
    createInterface({ input: child.stdout! }).on('line', (line) => {
      this.#stdout = bounded(this.#stdout, line);
      this.#onLine(line);
    });
    createInterface({ input: child.stderr! }).on('line', (line) => {
      this.#stderr = bounded(this.#stderr, line);
      this.#onLine(line);
    });
    // A write to a program that has just ended fails; its end is reported below.
    child.stdin?.on('error', () => {});
    const ended = Promise.withResolvers<number | string>();
    this.#ended = ended.promise;
    let failure: string | undefined;
    child.once('error', (error) => (failure = error.message));
    child.once('close', (code, signal) => {
      const how = failure ?? signal ?? code ?? 'gone';
      this.#reportEnd(how);
      ended.resolve(how);
    });
    return this;
  }

  /** The first line from now on that matches, or a later one with `times`. Rejects if the program ends before. */
  line(pattern: RegExp, { times = 1, limitMs = answerLimitMs } = {}): Promise<RegExpExecArray> {
    let left = times;
    return this.read((line) => {
      const match = pattern.exec(line);
      if (match !== null) left -= 1;
      return match !== null && left === 0 ? match : undefined;
    }, limitMs);
  }

  /** The result of `parse` for the first line from now on that has one. */
  read<T>(parse: (line: string) => T | undefined, limitMs = answerLimitMs): Promise<T> {
    return this.waitFor<T>((found) => {
      const listener = (line: string): void => {
        const parsed = parse(line);
        if (parsed !== undefined) found(parsed);
      };
      this.#listeners.add(listener);
      return () => this.#listeners.delete(listener);
    }, limitMs);
  }

  /** What `listen` finds; it returns a function that stops listening. Rejects with a ProgramError if the program ends before. */
  protected async waitFor<T>(listen: (found: (value: T) => void) => () => void, limitMs: number): Promise<T> {
    if (!this.#isRunning()) throw new ProgramError(`${this.name} has ended.`, [...this.#lines]);
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const stopListening = listen(resolve);
    this.#waiting.add(reject);
    const limit = setTimeout(() => {
      reject(new ProgramError(`${this.name} did not answer within ${limitMs / 1_000} s.`, [...this.#lines]));
    }, limitMs);
    try {
      return await promise;
    } finally {
      clearTimeout(limit);
      this.#waiting.delete(reject);
      stopListening();
    }
  }

  send(line: string): void {
    this.#child?.stdin?.write(`${line}\n`);
  }

  /** Sends it a signal; an end after this is expected. */
  signal(name: NodeJS.Signals): void {
    clearTimeout(this.#restart);
    if (!this.#isRunning()) return;
    this.#isEndExpected = true;
    this.#child?.kill(name);
  }

  /** Kills it, and resolves when it has ended. */
  async kill(): Promise<void> {
    this.signal('SIGKILL');
    await this.#ended;
  }

  /** Asks it to end, kills it if it does not, and resolves when it has ended. */
  async stop(): Promise<void> {
    this.signal('SIGTERM');
    const limit = setTimeout(() => this.signal('SIGKILL'), stopLimitMs);
    await this.#ended;
    clearTimeout(limit);
  }

  freeze(): void {
    this.#isFrozen = true;
    this.#child?.kill('SIGSTOP');
  }

  wake(): void {
    if (this.#isFrozen) this.#child?.kill('SIGCONT');
    this.#isFrozen = false;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  #isRunning(): boolean {
    const child = this.#child;
    return child?.pid !== undefined && child.exitCode === null && child.signalCode === null;
  }

  #onLine(line: string): void {
    this.#lines.push(line);
    if (this.#lines.length > keptLines) this.#lines.shift();
    this.#options.onLine?.(line);
    for (const listener of this.#listeners) listener(line);
  }

  #reportEnd(how: number | string): void {
    const error = new ProgramError(
      `${this.name} ended by itself (${typeof how === 'number' ? `exit code ${how}` : how}).`,
      [...this.#lines],
    );
    const waiting = [...this.#waiting];
    for (const fail of waiting) fail(error);
    if (this.#isEndExpected) return;
    this.unexpectedEnds.push(error.message);
    const { restartAfterMs, onUnexpectedEnd } = this.#options;
    if (waiting.length === 0) onUnexpectedEnd?.(error);
    if (restartAfterMs !== undefined) this.#restart = setTimeout(() => this.start(), restartAfterMs);
  }
}

export function startProgram(options: ProgramOptions): Program {
  return new Program(options).start();
}

function bounded(text: string, line: string): string {
  const longer = `${text}${line}\n`;
  return longer.length > 2 * keptCharacters ? longer.slice(-keptCharacters) : longer;
}

function pick(from: NodeJS.ProcessEnv, names: readonly string[]): NodeJS.ProcessEnv {
  return Object.fromEntries(names.flatMap((name) => (from[name] === undefined ? [] : [[name, from[name]]])));
}
