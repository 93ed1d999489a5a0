// Runs a program that can't watch a pipe itself. Asked to end, it ends that program and removes its folder. Reads `kill` and
// `restart` from stdin. Writes the program's lines to stdout, and in between, after `[supervisor]`, `ready PID`, `ended HOW`
// and `killed`.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';

const endLimitMs = 5_000;
const pollMs = 100;

const { values: flags, positionals } = parseArgs({
  options: {
    // Is the program's working directory, and goes with this process.
    folder: { type: 'string' },
    'library-path': { type: 'string' },
    // The program is ready when it writes this, or when anything answers there.
    'ready-line': { type: 'string' },
    'ready-url': { type: 'string' },
    // For a program with nothing to end in order.
    'end-at-once': { type: 'boolean', default: false },
  },
  allowPositionals: true,
});
const [command = '', ...args] = positionals;
let child: ChildProcess | undefined;
let endIsAskedFor = false;
// One piece of work after the other, in the order in which they came.
let queue: Promise<unknown> = Promise.resolve();

function tell(event: string): void {
  process.stdout.write(`[supervisor] ${event}\n`);
}

function start(): void {
  const libraryPath = flags['library-path'];
  const started = spawn(command, args, {
    cwd: flags.folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: libraryPath === undefined ? process.env : { ...process.env, LD_LIBRARY_PATH: libraryPath },
  });
  child = started;
  endIsAskedFor = false;
  let isReady = false;
  const ready = (): void => {
    if (!isReady) tell(`ready ${started.pid}`);
    isReady = true;
  };
  const { 'ready-line': line, 'ready-url': url } = flags;
  for (const input of [started.stdout, started.stderr])
    createInterface({ input }).on('line', (text) => {
      process.stdout.write(`${text}\n`);
      if (line !== undefined && text.includes(line)) ready();
    });
  let failure: string | undefined;
  started.once('error', (error) => (failure = error.message));
  started.once('close', (code, signal) => {
    if (!endIsAskedFor) tell(`ended ${failure ?? signal ?? `exit code ${code}`}`);
  });
  if (url !== undefined) void untilAnswered(url, () => isRunning(started)).then(ready);
}

async function untilAnswered(url: string, isWanted: () => boolean): Promise<void> {
  while (isWanted()) {
    const answered = await fetch(url).then(
      (response) => response.arrayBuffer().then(() => true),
      () => false,
    );
    if (answered) return;
    await delay(pollMs);
  }
}

function isRunning({ pid, exitCode, signalCode }: ChildProcess): boolean {
  return pid !== undefined && exitCode === null && signalCode === null;
}

async function end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  const running = child;
  if (running === undefined || !isRunning(running)) return;
  endIsAskedFor = true;
  const closed = once(running, 'close');
  running.kill(signal);
  const limit = setTimeout(() => running.kill('SIGKILL'), endLimitMs);
  await closed;
  clearTimeout(limit);
}

async function leave(): Promise<void> {
  await end(flags['end-at-once'] ? 'SIGKILL' : 'SIGTERM');
  if (flags.folder !== undefined) await rm(flags.folder, { recursive: true, force: true });
  process.exit(0);
}

const commands = new Map([
  ['restart', () => end('SIGTERM').then(start)],
  ['kill', () => end('SIGKILL').then(() => tell('killed'))],
]);

function run(work: (() => Promise<void>) | undefined): void {
  queue = queue.then(work);
}

// Not only once: a second signal without a listener would end this process before its program and its folder are gone.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => run(leave));
// Between a `kill` and a `restart` nothing else keeps this process.
if ('ref' in process.stdin) process.stdin.ref();
createInterface({ input: process.stdin }).on('line', (line) => run(commands.get(line)));
start();
