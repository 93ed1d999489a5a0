import { type ChildProcess, spawn } from 'node:child_process';
import { EventEmitter, on, once } from 'node:events';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** What a program needs of this process's environment; the rest may point to somebody's real data. */
const inherited = ['PATH', 'HOME', 'TMPDIR', 'LANG'];
const shiftClock = new URL('./shift-clock.ts', import.meta.url).href;
const keptLines = 15;
const restartMs = 500;

/**
 * A program that is killed and frozen, and started again each time it has been killed. `CLOCK_OFFSET_MS` in its environment
 * makes its clock wrong.
 */
export class Program {
  readonly name: string;
  readonly #file: URL;
  readonly #env: NodeJS.ProcessEnv;
  readonly #lines: string[] = [];
  #child: ChildProcess | undefined;
  #isKilled = false;
  #isFrozen = false;
  #restart: NodeJS.Timeout | undefined;
  readonly #output = new EventEmitter<{ line: [string] }>();

  /** Ends that nobody asked for, with what was said last. */
  readonly unexpectedEnds: string[] = [];

  constructor(name: string, file: URL, env: NodeJS.ProcessEnv) {
    this.name = name;
    this.#file = file;
    const own = inherited.flatMap((variable) => {
      const value = process.env[variable];
      return value === undefined ? [] : [[variable, value] as const];
    });
    this.#env = { ...Object.fromEntries(own), ...env };
  }

  get isFrozen(): boolean {
    return this.#isFrozen;
  }

  start(): void {
    const path = fileURLToPath(this.#file);
    this.#lines.length = 0;
    const clock = this.#env['CLOCK_OFFSET_MS'] === undefined ? [] : ['--import', shiftClock];
    const child = spawn(process.execPath, [...clock, path, '--exit-with-parent'], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: this.#env,
      cwd: dirname(path),
      detached: true,
    });
    this.#child = child;
    this.#isKilled = false;
    for (const input of [child.stdout, child.stderr]) {
      createInterface({ input }).on('line', (line) => {
        this.#lines.push(line);
        if (this.#lines.length > keptLines) this.#lines.shift();
        this.#output.emit('line', line);
      });
    }
    child.stdin.on('error', () => undefined);
    child.once('close', (code, signal) => {
      if (this.#isKilled) return;
      this.unexpectedEnds.push([`${this.name} ended: ${signal ?? code}`, ...this.#lines].join('\n'));
      this.#restart = setTimeout(() => this.start(), restartMs);
    });
  }

  /** As a crash would: nothing is said or done any more. */
  async kill(): Promise<void> {
    clearTimeout(this.#restart);
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    this.#isKilled = true;
    const closed = once(child, 'close');
    child.kill('SIGKILL');
    await closed;
    this.#isFrozen = false;
  }

  /** Resolves once it has said so many lines that match, from now on. */
  async said(pattern: RegExp, times = 1): Promise<void> {
    let left = times;
    for await (const [line] of on(this.#output, 'line')) {
      if (pattern.test(String(line))) left -= 1;
      if (left === 0) return;
    }
  }

  freeze(): void {
    this.#isFrozen = true;
    this.#child?.kill('SIGSTOP');
  }

  wake(): void {
    if (this.#isFrozen) this.#child?.kill('SIGCONT');
    this.#isFrozen = false;
  }
}
