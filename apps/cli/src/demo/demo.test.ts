import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';

import { freePort, type Program, startProgram } from '@migrator/devkit';
import { expect, it, onTestFinished, vi } from 'vitest';

import { descendantsOf, type ProcessInfo, stillRunning } from '../testing/processes.ts';

const limit = { timeout: 100_000, interval: 100 };
const testLimit = 240_000;

/** As a user runs it; a cache of programs and the terminal's own variables count. */
function run(...args: string[]): Program {
  const program = startProgram({ main: 'cli', args: ['demo', ...args], env: process.env });
  onTestFinished(() => program.kill());
  return program;
}

/** As Ctrl-C in a terminal does: to the whole process group. */
function interrupt(program: Program, name: NodeJS.Signals): void {
  process.kill(-program.pid, name);
}

const size = ['--json', '--users', '3', '--entries', '5'];

async function untilSays(running: Program, words: string): Promise<void> {
  await vi.waitFor(() => expect(running.stderr).toContain(words), limit);
}

function lastLine(text: string): unknown {
  return JSON.parse(text.trimEnd().split('\n').at(-1) ?? '');
}

async function nothingLeftOf(processes: readonly ProcessInfo[]): Promise<void> {
  await vi.waitFor(() => expect(stillRunning(processes)).toEqual([]), { timeout: 30_000, interval: 100 });
}

function programs(running: Program, part: string): ProcessInfo[] {
  return descendantsOf(running.pid).filter(({ command }) => command.includes(part));
}

it(
  'migrates and verifies everything, says so in one line of JSON and ends',
  { timeout: testLimit },
  async () => {
    const running = run('--exit', ...size);
    await untilSays(running, 'Running migration-');
    const processes = descendantsOf(running.pid);
    expect(programs(running, 'worker/src/main.ts')).toHaveLength(2);
    expect(await running.ended).toBe(0);
    expect(stillRunning(processes)).toEqual([]);
    expect(running.stdout.trimEnd().split('\n')).toHaveLength(1);
    expect(lastLine(running.stdout)).toMatchObject({
      ok: true,
      problems: [],
      entries: 15,
      users: 3,
      state: 'completed',
      stats: {
        totalProcessed: 15,
        successCount: 15,
        failureCount: 0,
        skippedCount: 0,
        users: { completed: 3 },
      },
      verification: { isValid: true },
    });
    expect(running.stderr).toContain('1 of them without a document of their own');
  },
);

it(
  'stays up to be looked at until Ctrl-C, however often that is pressed',
  { timeout: testLimit },
  async () => {
    const running = run(...size);
    await untilSays(running, 'Press Ctrl-C');
    const result = lastLine(running.stdout);
    expect(result).toMatchObject({ ok: true });
    const { status } = (result as { addresses: { status: string } }).addresses;
    const answer = await fetch(status);
    expect(await answer.json()).toMatchObject({ currentStatus: { state: 'idle' } });

    const processes = descendantsOf(running.pid);
    interrupt(running, 'SIGINT');
    interrupt(running, 'SIGINT');
    expect(await running.ended).toBe(0);
    expect(stillRunning(processes)).toEqual([]);
    expect(running.stderr).not.toMatch(/^\s+at /m);
  },
);

it.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)(
  'stopped by %s before the end it takes everything along',
  { timeout: testLimit },
  async (name, code) => {
    const running = run('--exit', ...size);
    await untilSays(running, 'Starting the API');
    await vi.waitFor(() => expect(programs(running, 'worker/src/main.ts')).toHaveLength(2), limit);
    const processes = descendantsOf(running.pid);
    interrupt(running, name);
    expect(await running.ended).toBe(code);
    expect(stillRunning(processes)).toEqual([]);
    expect(lastLine(running.stdout)).toEqual({ ok: false, error: 'Stopped before the end.' });
    expect(running.stderr).not.toMatch(/^\s+at /m);
  },
);

it('leaves nothing behind when it is killed', { timeout: testLimit }, async () => {
  const running = run(...size);
  await untilSays(running, 'Running migration-');
  const processes = descendantsOf(running.pid);
  expect(processes.length).toBeGreaterThanOrEqual(6);
  process.kill(running.pid, 'SIGKILL');
  await running.ended;
  await nothingLeftOf(processes);
});

it('says which of its programs has ended, and ends as well', { timeout: testLimit }, async () => {
  const running = run(...size);
  await untilSays(running, 'Running migration-');
  const processes = descendantsOf(running.pid);
  const [worker] = programs(running, 'worker/src/main.ts');
  process.kill(worker?.pid ?? Number.NaN, 'SIGKILL');
  expect(await running.ended).toBe(1);
  expect(running.stderr).toMatch(
    /^The (first|second) worker ended by itself \(SIGKILL\)\.\n {2}worker: ready/m,
  );
  expect(stillRunning(processes)).toEqual([]);
});

it.each([
  ['--users', '0'],
  ['--users', 'many'],
  ['--users', '100001'],
  ['--entries', '1.5'],
  ['--entries', '-1'],
])('refuses %s %s in one line', async (flag, value) => {
  const running = run(flag, value);
  expect(await running.ended).toBe(2);
  expect(running.stderr.trim().split('\n')).toEqual([
    expect.stringContaining(`argument '${value}' is invalid. It must be a whole number from 1 to 100000.`),
  ]);
});

it('refuses an option that it does not know in one line', async () => {
  const running = run('--user', '3');
  expect(await running.ended).toBe(2);
  expect(running.stderr).toMatch(/^error: unknown option '--user'/);
});

it('says which port it uses instead of a taken one', { timeout: testLimit }, async () => {
  const other = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void other.close());
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  const running = run('--exit', ...size, '--port', String(port));
  await untilSays(running, `Port ${port} is taken`);
  expect(await running.ended).toBe(0);
  const [, url] = /using (http:\S+) instead/.exec(running.stderr) ?? [];
  expect(url).not.toBe(`http://127.0.0.1:${port}`);
  expect(lastLine(running.stdout)).toMatchObject({ ok: true, addresses: { dashboard: `${url}/` } });
});

it('takes the port of --port, or else of PORT', { timeout: testLimit }, async () => {
  const port = await freePort();
  const running = startProgram({
    main: 'cli',
    args: ['demo', '--exit', ...size],
    env: { ...process.env, PORT: String(port) },
  });
  onTestFinished(() => running.kill());
  expect(await running.ended).toBe(0);
  expect(lastLine(running.stdout)).toMatchObject({
    addresses: { dashboard: `http://127.0.0.1:${port}/` },
  });
});
