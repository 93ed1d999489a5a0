import { Redis } from 'ioredis';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, onTestFinished, vi } from 'vitest';
import { isRunning } from '../processes/is-running.ts';
import { ProgramError } from '../processes/program.ts';
import type { RedisOptions } from './redis.ts';
import type { RedisService } from './redis-service.ts';
import { RedisMissingError, startRedis } from './redis.ts';
import { runProgram } from '../processes/run-program.ts';
import { PortTakenError } from './service.ts';

let temporary: string;

beforeEach(async () => {
  temporary = await mkdtemp(join(tmpdir(), 'redis-test-'));
  vi.stubEnv('TMPDIR', temporary);
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(temporary, { recursive: true });
});

async function start(options?: RedisOptions): Promise<RedisService> {
  const service = await startRedis(options);
  onTestFinished(() => service.stop());
  return service;
}

async function connect(service: RedisService): Promise<Redis> {
  const client = new Redis(service.url, { retryStrategy: () => null });
  client.on('error', () => {});
  onTestFinished(() => client.disconnect());
  return client;
}

function pidOf(service: RedisService): number {
  expect(service.pid).toBeDefined();
  return service.pid ?? -1;
}

async function parentOf(pid: number): Promise<number> {
  if (process.platform !== 'linux') {
    return Number(await runProgram('ps', ['-o', 'ppid=', '-p', String(pid)], { env: process.env }));
  }
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^PPid:\s*(\d+)$/m.exec(status)?.[1]);
}

it('starts a Redis that evicts nothing and saves nothing', async () => {
  const client = await connect(await start());
  expect(await client.ping()).toBe('PONG');
  expect(await client.config('GET', 'maxmemory-policy')).toEqual(['maxmemory-policy', 'noeviction']);
  expect(await client.config('GET', 'save')).toEqual(['save', '']);
  expect(await client.config('GET', 'appendonly')).toEqual(['appendonly', 'no']);
});

it('listens on 127.0.0.1 only', async () => {
  const client = await connect(await start());
  expect(await client.config('GET', 'bind')).toEqual(['bind', '127.0.0.1']);
});

it('leaves no process and no folder behind when it is stopped', async () => {
  const service = await start({ appendOnly: true });
  const pid = pidOf(service);
  expect(isRunning(pid)).toBe(true);
  expect(await readdir(temporary)).toHaveLength(1);

  const stops = [service.stop()];
  while ((await readdir(temporary)).length > 0 && isRunning(pid)) stops.push(service.stop());
  await Promise.all(stops);
  expect(isRunning(pid)).toBe(false);
  expect(await readdir(temporary)).toEqual([]);
});

it('keeps its port and, if append-only, its data over a restart', async () => {
  const service = await start({ appendOnly: true });
  const { port } = service;
  const pid = pidOf(service);
  await (await connect(service)).set('key', 'value');

  await service.restart();
  expect(service.port).toBe(port);
  expect(service.pid).not.toBe(pid);
  expect(isRunning(pid)).toBe(false);
  expect(await (await connect(service)).get('key')).toBe('value');
});

it('forgets its data over a restart if not append-only', async () => {
  const service = await start();
  await (await connect(service)).set('key', 'value');
  await service.restart();
  expect(await (await connect(service)).get('key')).toBeNull();
});

it('stays down when it was killed until it is restarted, without a warning', async () => {
  const onUnexpectedEnd = vi.fn<(error: ProgramError) => void>();
  const service = await start({ appendOnly: true, onUnexpectedEnd });
  const pid = pidOf(service);
  await (await connect(service)).set('key', 'value');

  await service.kill();
  expect(isRunning(pid)).toBe(false);
  await expect((await connect(service)).ping()).rejects.toBeInstanceOf(Error);

  await service.restart();
  expect(await (await connect(service)).get('key')).toBe('value');
  expect(onUnexpectedEnd).not.toHaveBeenCalled();
});

it('tells its owner when the server ends by itself, and can be restarted', async () => {
  const ended = Promise.withResolvers<ProgramError>();
  const service = await start({ onUnexpectedEnd: ended.resolve });
  process.kill(pidOf(service), 'SIGKILL');
  expect(await ended.promise).toBeInstanceOf(ProgramError);

  await service.restart();
  expect(await (await connect(service)).ping()).toBe('PONG');
});

it('takes the server along when its supervisor is killed', async () => {
  const ended = Promise.withResolvers<ProgramError>();
  const service = await start({ onUnexpectedEnd: ended.resolve });
  const pid = pidOf(service);
  process.kill(await parentOf(pid), 'SIGKILL');
  expect(await ended.promise).toBeInstanceOf(ProgramError);
  await vi.waitFor(() => expect(isRunning(pid)).toBe(false), 20_000);
});

it('keeps the data in the folder of the caller', async () => {
  const dataDir = join(temporary, 'data');
  const first = await start({ dataDir, appendOnly: true });
  await (await connect(first)).set('key', 'value');
  await first.stop();
  const second = await start({ dataDir, appendOnly: true });
  expect(await (await connect(second)).get('key')).toBe('value');
});

it('names a chosen port that is taken', async () => {
  const { port } = await start();
  const error = await startRedis({ port }).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(PortTakenError);
  expect(error).toMatchObject({ port });
  expect(String(error)).toContain(`127.0.0.1:${port}`);
  expect(await readdir(temporary)).toHaveLength(1);
});

it('says in one sentence what to install where there is no way to a Redis', async () => {
  const notices: string[] = [];
  const starting = startRedis({
    env: { PATH: temporary },
    notice: (line) => notices.push(line),
    containerEngine: () => Promise.resolve(false),
  });
  const error = await starting.catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(RedisMissingError);
  expect(String(error)).toMatch(/^RedisMissingError: Redis is missing: install redis-server .*Docker\.$/);
  expect(notices).toEqual([]);
});
