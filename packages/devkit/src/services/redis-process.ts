// Supervises one redis-server, which can't watch a pipe itself: ends it and removes its folder when this process is asked
// to end. Reads a RedisCommand from each line of stdin, writes a RedisEvent to each line of stdout.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { REDIS_READY, redisArguments, SENTINEL_READY } from './redis-arguments.ts';
import type { RedisCommand, RedisEvent } from './redis-protocol.ts';
import { formatRedisEvent } from './redis-protocol.ts';

const TERMINATE_LIMIT_MS = 5_000;
const KEPT_LOG_LINES = 20;

const { values: flags } = parseArgs({
  options: {
    program: { type: 'string', default: 'redis-server' },
    'library-path': { type: 'string' },
    port: { type: 'string', default: '6379' },
    'append-only': { type: 'boolean', default: false },
    // A temporary folder that goes with this process, by default.
    'data-dir': { type: 'string' },
    // Further settings of the server, as its command line takes them.
    setting: { type: 'string', multiple: true, default: [] },
    // A configuration that makes it a sentinel instead, which keeps its own state there.
    sentinel: { type: 'string' },
  },
});
const dataDir = flags['data-dir'];
const libraryPath = flags['library-path'];
let redis: ChildProcess | undefined;
let expectedEnd = false;
let ownDir: string | undefined;
let leaving = false;
// Commands run one after the other, whatever comes in between.
let queue: Promise<void> = Promise.resolve();

function tell(event: RedisEvent): void {
  process.stdout.write(`${formatRedisEvent(event)}\n`);
}

function run(command: () => Promise<void>): void {
  queue = queue.then(command).catch((error: unknown) => {
    tell({ event: 'failed', reason: error instanceof Error ? error.message : String(error) });
  });
}

async function startServer(): Promise<void> {
  ownDir ??= dataDir === undefined ? await mkdtemp(join(tmpdir(), 'local-redis-')) : undefined;
  if (leaving) return;
  const dir = dataDir ?? ownDir ?? tmpdir();
  const server = spawn(flags.program, await serverArguments(dir), {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: libraryPath === undefined ? process.env : { ...process.env, LD_LIBRARY_PATH: libraryPath },
  });
  redis = server;
  expectedEnd = false;

  const log: string[] = [];
  const ready = Promise.withResolvers<boolean>();
  const readLog = (line: string): void => {
    log.push(line);
    if (log.length > KEPT_LOG_LINES) log.shift();
    if (line.includes(flags.sentinel === undefined ? REDIS_READY : SENTINEL_READY)) ready.resolve(true);
  };
  createInterface({ input: server.stdout }).on('line', readLog);
  createInterface({ input: server.stderr }).on('line', readLog);

  let isReady = false;
  const end = (how: string): void => {
    ready.resolve(false);
    const reason = [`redis-server ended (${how}).`, ...log].join('\n');
    if (isReady && !expectedEnd) tell({ event: 'ended', reason });
    if (!isReady) tell({ event: 'failed', reason });
  };
  server.once('error', (error) => end(error.message));
  server.once('close', (code, signal) => end(signal ?? `exit code ${code}`));

  isReady = await ready.promise;
  if (isReady) tell({ event: 'ready', pid: server.pid ?? -1 });
}

async function serverArguments(dir: string): Promise<string[]> {
  if (flags.sentinel !== undefined) {
    const file = join(dir, 'sentinel.conf');
    const base = `port ${flags.port}\nbind 127.0.0.1\ndir ${dir}\n`;
    // After a restart it goes on with what it wrote there itself.
    await writeFile(file, base + flags.sentinel, { flag: 'wx' }).catch(() => {});
    return [file, '--sentinel'];
  }
  const args = redisArguments({
    port: Number(flags.port),
    bind: '127.0.0.1',
    dir,
    appendOnly: flags['append-only'],
  });
  return [...args, ...flags.setting];
}

async function endServer(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  if (redis === undefined || redis.pid === undefined) return;
  if (redis.exitCode !== null || redis.signalCode !== null) return;
  const server = redis;
  expectedEnd = true;
  const closed = once(server, 'close');
  server.kill(signal);
  const limit = setTimeout(() => server.kill('SIGKILL'), TERMINATE_LIMIT_MS);
  await closed;
  clearTimeout(limit);
}

async function leave(): Promise<void> {
  leaving = true;
  try {
    // Once for a server whose start is still awaited, once for one that was just being started.
    await endServer('SIGTERM');
    await queue;
    await endServer('SIGTERM');
    if (ownDir !== undefined) await rm(ownDir, { recursive: true, force: true });
  } finally {
    process.exit(0);
  }
}

const commands: Record<RedisCommand, () => Promise<void>> = {
  async restart() {
    await endServer('SIGTERM');
    await startServer();
  },
  async kill() {
    await endServer('SIGKILL');
    tell({ event: 'killed' });
  },
};

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => void leave());
// Between a `kill` and a `restart` nothing else keeps this process.
if ('ref' in process.stdin) process.stdin.ref();
createInterface({ input: process.stdin }).on('line', (line) => {
  if (line === 'restart' || line === 'kill') run(commands[line]);
});
run(startServer);
