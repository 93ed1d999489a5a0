import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

import { type Program, startTcpProxy } from '@migrator/devkit';
import { expect, inject, test, vi } from 'vitest';

import { startProgram } from './testing/programs.ts';
import { startRun } from './testing/start-run.ts';

/** The product's limit, and what a busy machine adds to it. */
const endLimitMs = 20_000;
const atOnce = 4;
/** Milliseconds from the signal to the loss of Redis. */
const offsets = [-200, -100, -50, 0, 20, 50, 100, 200, 400];
const patiently = { timeout: 60_000, interval: 50 };

async function openProxy() {
  const { hostname, port } = new URL(inject('services').REDIS_URL);
  const proxy = await startTcpProxy({ target: { host: hostname, port: Number(port) } });
  return Object.assign(proxy, { url: `redis://127.0.0.1:${proxy.port}` });
}

/** How it ends within the limit. */
async function endOf(program: Program): Promise<number | string> {
  const limit = new AbortController();
  const late = delay(endLimitMs, `still running: ${program.stdout.slice(-500)}`, { signal: limit.signal });
  try {
    return await Promise.race([program.ended, late.catch(() => 'stopped')]);
  } finally {
    limit.abort();
  }
}

async function untilReady(program: Program, line: RegExp): Promise<void> {
  await vi.waitFor(() => expect(program.stderr).toMatch(line), patiently);
}

async function endings(how: 'cut' | 'silence', start: (redisUrl: string) => Program, ready: RegExp) {
  const waiting = [...offsets];
  const ends: (number | string)[] = [];
  const handleRuns = async (): Promise<void> => {
    for (let offset = waiting.shift(); offset !== undefined; offset = waiting.shift()) {
      await using proxy = await openProxy();
      const program = start(proxy.url);
      await untilReady(program, ready);
      const lose = delay(Math.max(0, offset)).then(() => proxy[how]());
      await delay(Math.max(0, -offset));
      program.signal('SIGTERM');
      await lose;
      ends.push(await endOf(program));
      await program.kill();
    }
  };
  await Promise.all(Array.from({ length: atOnce }, handleRuns));
  return ends;
}

/** A request that never comes to its end, which an API waits for a while; a worker has none. */
async function openRequest(program: Program): Promise<Socket | undefined> {
  const [, port] = /^api: http:\/\/127\.0\.0\.1:(\d+)/m.exec(program.stderr) ?? [];
  if (port === undefined) return undefined;
  const socket = connect(Number(port), '127.0.0.1');
  socket.on('error', () => undefined);
  // The answer to a whole one tells that the connection is known.
  socket.write('GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\nPOST /api HTTP/1.1\r\n');
  await once(socket, 'data');
  return socket;
}

test.each(['cut', 'silence'] as const)(
  'a worker that is told to end at about the time when its Redis is gone (%s) ends',
  async (how) => {
    await using run = await startRun({ users: 12, entriesPerUser: 300 });
    const env = { MAX_WRITE_UNITS_PER_SECOND: '100' };
    const ends = await endings(how, (REDIS_URL) => run.worker({ ...env, REDIS_URL }), /worker: ready/);
    // 1: not all had ended within the limit.
    expect(ends.filter((end) => end !== 0 && end !== 1)).toEqual([]);
    expect(ends).toHaveLength(offsets.length);
  },
  300_000,
);

test.each(['cut', 'silence'] as const)(
  'an API that is told to end at about the time when its Redis is gone (%s) ends',
  async (how) => {
    const env = { ...inject('services'), GOOGLE_CLOUD_PROJECT: 'demo-ends', PORT: '0' };
    const ends = await endings(how, (REDIS_URL) => startProgram('api', { ...env, REDIS_URL }), /^api: http/m);
    expect(ends).toEqual(offsets.map(() => 0));
  },
  300_000,
);

test.each(['api', 'worker'] as const)(
  '%s: a clean stop exits with 0, a second signal ends it at once',
  async (name) => {
    const env = {
      ...inject('services'),
      GOOGLE_CLOUD_PROJECT: 'demo-ends',
      PORT: '0',
      QUEUE_PREFIX: '{ends}',
    };
    const ready = name === 'api' ? /^api: http/m : /worker: ready/;
    const clean = startProgram(name, env);
    await untilReady(clean, ready);
    clean.signal('SIGTERM');
    expect(await endOf(clean)).toBe(0);
    expect(clean.stdout).toContain('"stopped"');

    await using proxy = await openProxy();
    const hurried = startProgram(name, { ...env, REDIS_URL: proxy.url });
    await untilReady(hurried, ready);
    proxy.silence();
    const caller = await openRequest(hurried);
    hurried.signal('SIGINT');
    await vi.waitFor(() => expect(hurried.stdout).toContain('"stopping"'), patiently);
    // What comes within a quarter of a second counts as the same Ctrl-C.
    const again = setInterval(() => hurried.signal('SIGINT'), 100);
    expect(await endOf(hurried)).toBe(130);
    clearInterval(again);
    caller?.destroy();
  },
);
