import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, inject, it, onTestFinished, vi } from 'vitest';
import { freePort, isPortFree } from './free-port.ts';
import { startDynamoDb } from './dynamodb.ts';
import { isRunning } from '../processes/is-running.ts';
import { startProgram } from '../processes/program.ts';
import { PortTakenError } from './service.ts';
import { startLocalServices } from './start-local-services.ts';

it('gives the environment that points an application at all three', async () => {
  const services = await startLocalServices({ projectId: 'demo-other', dynamodb: { tableName: 'other' } });
  onTestFinished(() => services.stop());
  expect(services.env).toEqual({
    REDIS_URL: `redis://127.0.0.1:${services.redis.port}`,
    FIRESTORE_EMULATOR_HOST: `127.0.0.1:${services.firestore.port}`,
    GOOGLE_CLOUD_PROJECT: 'demo-other',
    AWS_ENDPOINT_URL_DYNAMODB: `http://127.0.0.1:${services.dynamodb.port}`,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    DYNAMODB_TABLE: 'other',
    METADATA_SERVER_DETECTION: 'none',
    AWS_EC2_METADATA_DISABLED: 'true',
  });
});

it('gives the suite services of its own', () => {
  expect(Object.keys(inject('services'))).toContain('REDIS_URL');
});

it('stops the others when one of them can not start', async () => {
  const taken = await startDynamoDb();
  onTestFinished(() => taken.stop());
  const [redis, firestore] = [await freePort(), await freePort()];
  const starting = startLocalServices({
    redis: { port: redis },
    firestore: { port: firestore },
    dynamodb: { port: taken.port },
  });
  await expect(starting).rejects.toThrow(PortTakenError);
  expect(await isPortFree(redis)).toBe(true);
  expect(await isPortFree(firestore)).toBe(true);
});

it('ends with its owner, also when that is killed', async () => {
  const temporary = await mkdtemp(join(tmpdir(), 'services-test-'));
  onTestFinished(() => rm(temporary, { recursive: true }));
  const index = JSON.stringify(new URL('../index.ts', import.meta.url));
  const program = `
    import { startLocalServices } from ${index};
    const { redis, dynamodb, firestore } = await startLocalServices({ redis: { appendOnly: true } });
    console.log([redis, dynamodb, firestore].flatMap(({ pid, port }) => [pid, port]).join(' '));
  `;
  const { XDG_CACHE_HOME } = process.env;
  const owner = startProgram({ main: { code: program }, env: { TMPDIR: temporary, XDG_CACHE_HOME } });
  const [line] = await owner.line(/^[\d ]+$/);
  const numbers = line.split(' ').map(Number);
  const pids = numbers.filter((_, at) => at % 2 === 0);
  const ports = numbers.filter((_, at) => at % 2 === 1);
  expect(pids.map(isRunning)).toEqual([true, true, true]);
  expect(await readdir(temporary)).toHaveLength(1);

  await owner.kill();
  await vi.waitFor(
    async () => {
      expect(pids.map(isRunning)).toEqual([false, false, false]);
      expect(await Promise.all(ports.map(isPortFree))).toEqual([true, true, true]);
      expect(await readdir(temporary)).toEqual([]);
    },
    { timeout: 20_000 },
  );
});
