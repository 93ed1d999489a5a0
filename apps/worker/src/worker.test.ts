import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import { openQueueContext, type QueueContext } from '@migrator/composition';
import { readConfig } from '@migrator/config';
import { startOperation } from '@migrator/engine';
import { fillFirestore, journals } from '@migrator/testing';
import { randomUUID } from 'node:crypto';
import { afterEach, expect, inject, test } from 'vitest';

const main = fileURLToPath(new URL('main.ts', import.meta.url));
const children = new Set<ChildProcess>();

afterEach(async () => {
  for (const child of children) {
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  }
  children.clear();
});

test('SIGTERM in the middle: what runs is handed back, the process exits 0, another goes on and the books balance', async () => {
  await using run = await startRun({ users: 6, entriesPerUser: 400 });
  const first = run.worker();
  await run.progress(200);
  first.kill('SIGTERM');
  const [code] = (await once(first, 'exit')) as [number | null];
  expect(code).toBe(0);
  const before = await run.totals();
  expect(before.created).toBeLessThan(2_400);
  run.worker();
  expect(await run.end()).toEqual({ created: 2_400, failed: 0, completed: 6 });
}, 150_000);

test('SIGKILL in the middle: another worker takes over from the checkpoint, and every entry counts once', async () => {
  await using run = await startRun({ users: 4, entriesPerUser: 700 });
  const first = run.worker();
  await run.progress(300);
  first.kill('SIGKILL');
  await once(first, 'exit');
  run.worker();
  run.worker();
  expect(await run.end()).toEqual({ created: 2_800, failed: 0, completed: 4 });
}, 150_000);

test('a wrong variable stops it at start with one line that says what it may hold', async () => {
  const child = spawn(process.execPath, [main], {
    env: { USER_CONCURRENCY: 'many' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.add(child);
  let output = '';
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const [code] = (await once(child, 'exit')) as [number];
  expect(code).toBe(2);
  expect(output).toBe('USER_CONCURRENCY holds "many"; it may hold a whole number from 1 to 1000\n');
});

test('without a project it says at start, in one line, what to set', async () => {
  const env = {
    ...inject('services'),
    GOOGLE_CLOUD_PROJECT: '',
    LOG_LEVEL: 'silent',
    PATH: process.env['PATH'],
  };
  const child = spawn(process.execPath, [main], { env, stdio: ['ignore', 'ignore', 'pipe'] });
  children.add(child);
  let output = '';
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const [code] = (await once(child, 'exit')) as [number];
  expect(code).toBe(1);
  expect(output).toMatch(/^No Google Cloud project is named: set GOOGLE_CLOUD_PROJECT[^\n]*\n$/);
});

interface Run extends AsyncDisposable {
  worker(): ChildProcess;
  totals(): Promise<{ created: number; failed: number; completed: number }>;
  /** Resolves once so many entries are done. */
  progress(entries: number): Promise<void>;
  /** The totals once the run is over. */
  end(): Promise<{ created: number; failed: number; completed: number }>;
}

async function startRun(size: { users: number; entriesPerUser: number }): Promise<Run> {
  const unique = randomUUID().slice(0, 8);
  const env = {
    ...inject('services'),
    GOOGLE_CLOUD_PROJECT: `demo-${unique}`,
    DYNAMODB_TABLE: `journals-${unique}`,
    QUEUE_PREFIX: `{test-${unique}}`,
    CREATE_TABLE: 'true',
    WRITE_CONCURRENCY: '4',
  };
  Object.assign(process.env, inject('services'));
  await fillFirestore(journals(size), {
    emulatorHost: env.FIRESTORE_EMULATOR_HOST,
    projectId: env.GOOGLE_CLOUD_PROJECT,
  });
  const context: QueueContext = await openQueueContext(readConfig(env), 'api', () => undefined);
  await context.target.preflight();
  const { id } = await startOperation(context, {
    kind: 'migration',
    dryRun: false,
    verify: false,
    prune: false,
    exclusive: false,
  });
  const totals: Run['totals'] = async () => {
    const operation = await context.ledger.get(id);
    const { created = 0, failed = 0 } = operation?.totals ?? {};
    return { created, failed, completed: operation?.units.completed ?? 0 };
  };
  return {
    worker() {
      const child = spawn(process.execPath, [main], {
        env: { ...env, PATH: process.env['PATH'] },
        stdio: 'ignore',
      });
      children.add(child);
      return child;
    },
    totals,
    async progress(entries) {
      await expect.poll(async () => (await totals()).created, { timeout: 30_000 }).toBeGreaterThan(entries);
    },
    async end() {
      await expect
        .poll(async () => (await context.ledger.get(id))?.state, { timeout: 110_000 })
        .toBe('completed');
      return totals();
    },
    async [Symbol.asyncDispose]() {
      const keys = await context.redis.keys(`${env.QUEUE_PREFIX}:*`);
      for (let index = 0; index < keys.length; index += 1_000)
        await context.redis.unlink(keys.slice(index, index + 1_000));
      await context.close();
    },
  };
}
