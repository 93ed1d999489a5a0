import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';

import { freePort, type Program, type ProgramOptions, startProgram } from '@migrator/devkit';
import { expect, it, onTestFinished, vi } from 'vitest';

function run(options: Partial<ProgramOptions> & { args: readonly string[] }): Program {
  const program = startProgram({ main: 'cli', env: process.env, ...options });
  onTestFinished(() => program.kill());
  return program;
}

function linesOf({ stdout }: Program): string[] {
  return stdout.split('\n').slice(0, -1);
}

async function untilReady(running: Program): Promise<Map<string, string>> {
  await running.line(/^ready$/);
  return new Map(
    linesOf(running)
      .slice(0, -1)
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
}

function portsOf(env: Map<string, string>): number[] {
  return ['REDIS_URL', 'FIRESTORE_EMULATOR_HOST', 'AWS_ENDPOINT_URL_DYNAMODB'].map((name) => {
    const [, port] = /127\.0\.0\.1:(\d+)$/.exec(env.get(name) ?? '') ?? [];
    return Number(port);
  });
}

/** Whether each port could be listened on now. */
function areFree(ports: readonly number[]): Promise<boolean[]> {
  return Promise.all(
    ports.map(async (port) => {
      const server = createServer().listen(port, '127.0.0.1');
      try {
        await once(server, 'listening');
        return true;
      } catch {
        return false;
      } finally {
        server.close();
      }
    }),
  );
}

async function takePort(): Promise<{ port: number; release: () => void }> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  return { port: address.port, release: () => server.close() };
}

const LIMIT = { timeout: 20_000 };

it('prints the environment, then ready, and stops when it is asked to', async () => {
  const running = run({ args: ['services'] });
  const env = await untilReady(running);
  expect(linesOf(running).at(-1)).toBe('ready');
  expect([...env.keys()]).toEqual([
    'REDIS_URL',
    'FIRESTORE_EMULATOR_HOST',
    'GOOGLE_CLOUD_PROJECT',
    'AWS_ENDPOINT_URL_DYNAMODB',
    'AWS_REGION',
    'AWS_ACCESS_KEY_ID',
    'AWS_SECRET_ACCESS_KEY',
    'DYNAMODB_TABLE',
    'METADATA_SERVER_DETECTION',
    'AWS_EC2_METADATA_DISABLED',
  ]);
  expect(await areFree(portsOf(env))).toEqual([false, false, false]);

  running.signal('SIGTERM');
  expect(await running.ended).toBe(0);
  expect(await areFree(portsOf(env))).toEqual([true, true, true]);
});

it('takes the ports that it is given', async () => {
  const ports = await Promise.all([freePort(), freePort(), freePort()]);
  const flags = ['--redis-port', '--firestore-port', '--dynamodb-port'];
  const running = run({
    args: ['services', ...flags.flatMap((flag, index) => [flag, String(ports[index])])],
  });
  expect(portsOf(await untilReady(running))).toEqual(ports);
  running.signal('SIGINT');
  expect(await running.ended).toBe(0);
});

it('takes its services along when it is killed', async () => {
  const running = run({ args: ['services'] });
  const ports = portsOf(await untilReady(running));
  running.signal('SIGKILL');
  await vi.waitFor(async () => expect(await areFree(ports)).toEqual([true, true, true]), LIMIT);
});

it('ends when the package manager that runs it is gone', async () => {
  const main = fileURLToPath(new URL('./main.ts', import.meta.url));
  const code = `import { spawn } from 'node:child_process';
    spawn(process.execPath, [${JSON.stringify(main)}, 'services'], { stdio: ['ignore', 'inherit', 'inherit'] });`;
  // The last argument makes it look like one.
  const env = { ...process.env, npm_lifecycle_event: 'services' };
  const running = run({ main: { code }, args: ['pnpm'], env });
  const ports = portsOf(await untilReady(running));
  running.signal('SIGKILL');
  await vi.waitFor(async () => expect(await areFree(ports)).toEqual([true, true, true]), LIMIT);
});

it('refuses a wrong port in one line', async () => {
  for (const port of ['0', '65536', '80a', '']) {
    const running = run({ args: ['services', '--redis-port', port] });
    expect(await running.ended).toBe(2);
    expect(running.stderr.trim().split('\n')).toEqual([
      `error: option '--redis-port <port>' argument '${port}' is invalid. A port is a whole number from 1 to 65535.`,
    ]);
  }
});

it('says in one line which port is taken, and leaves nothing running', async () => {
  const taken = await takePort();
  onTestFinished(taken.release);
  const running = run({ args: ['services', '--dynamodb-port', String(taken.port)] });
  expect(await running.ended).toBe(1);
  expect(linesOf(running)).toEqual([]);
  expect(running.stderr).toMatch(
    new RegExp(`^DynamoDB can't listen on 127\\.0\\.0\\.1:${taken.port}: .*\n$`),
  );
});
