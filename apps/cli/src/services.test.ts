import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, it, onTestFinished, vi } from 'vitest';

const main = fileURLToPath(new URL('./main.ts', import.meta.url));

afterEach(() => {
  vi.unstubAllEnvs();
});

interface Running {
  process: ChildProcess;
  /** What it has printed so far. */
  lines: () => string[];
  end: Promise<{ code: number | null; stderr: string }>;
}

function run(args: readonly string[]): Running {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk));
  const end = Promise.all([once(child, 'close'), text(child.stderr)]).then(([, stderr]) => ({
    code: child.exitCode,
    stderr,
  }));
  return { process: child, lines: () => stdout.split('\n').slice(0, -1), end };
}

async function untilReady(running: Running): Promise<Map<string, string>> {
  await vi.waitFor(() => expect(running.lines()).toContain('ready'), { timeout: 50_000 });
  return new Map(
    running
      .lines()
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
  const running = run([main, 'services']);
  const env = await untilReady(running);
  expect(running.lines().at(-1)).toBe('ready');
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

  running.process.kill('SIGTERM');
  expect(await running.end).toMatchObject({ code: 0 });
  expect(await areFree(portsOf(env))).toEqual([true, true, true]);
});

it('takes the ports that it is given', async () => {
  const reserved = await Promise.all([takePort(), takePort(), takePort()]);
  for (const { release } of reserved) release();
  const ports = reserved.map(({ port }) => port);
  const flags = ['--redis-port', '--firestore-port', '--dynamodb-port'];
  const running = run([main, 'services', ...flags.flatMap((flag, index) => [flag, String(ports[index])])]);
  expect(portsOf(await untilReady(running))).toEqual(ports);
  running.process.kill('SIGINT');
  expect(await running.end).toMatchObject({ code: 0 });
});

it('takes its services along when it is killed', async () => {
  const running = run([main, 'services']);
  const ports = portsOf(await untilReady(running));
  running.process.kill('SIGKILL');
  await vi.waitFor(async () => expect(await areFree(ports)).toEqual([true, true, true]), LIMIT);
});

it('ends when the package manager that runs it is gone', async () => {
  vi.stubEnv('npm_lifecycle_event', 'services');
  // The last argument makes it look like one.
  const program = `require('node:child_process').spawn(process.execPath, [${JSON.stringify(main)}, 'services'], { stdio: 'inherit' })`;
  const running = run(['--eval', program, 'pnpm']);
  const ports = portsOf(await untilReady(running));
  running.process.kill('SIGKILL');
  await vi.waitFor(async () => expect(await areFree(ports)).toEqual([true, true, true]), LIMIT);
});

it('refuses a wrong port in one line', async () => {
  for (const port of ['0', '65536', '80a', '']) {
    const running = run([main, 'services', '--redis-port', port]);
    const { code, stderr } = await running.end;
    expect(code).toBe(1);
    expect(stderr.trim().split('\n')).toEqual([
      `error: option '--redis-port <port>' argument '${port}' is invalid. A port is a whole number from 1 to 65535.`,
    ]);
  }
});

it('says in one line which port is taken, and leaves nothing running', async () => {
  const taken = await takePort();
  onTestFinished(taken.release);
  const running = run([main, 'services', '--dynamodb-port', String(taken.port)]);
  const { code, stderr } = await running.end;
  expect(code).toBe(1);
  expect(running.lines()).toEqual([]);
  expect(stderr).toMatch(new RegExp(`^DynamoDB can't listen on 127\\.0\\.0\\.1:${taken.port}: .*\n$`));
});
