import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { firestoreEmulatorMain } from './index.ts';
import { openRawClient } from './test-support/open-raw-client.ts';

const running = new Set<ChildProcess>();

afterEach(() => {
  for (const child of running) child.kill('SIGKILL');
});

function start(...flags: string[]): {
  child: ChildProcess;
  exit: Promise<unknown[]>;
  stderr: Promise<string>;
} {
  const child = spawn(process.execPath, [fileURLToPath(firestoreEmulatorMain), ...flags], { stdio: 'pipe' });
  running.add(child);
  const exit = once(child, 'exit');
  child.once('exit', () => running.delete(child));
  let text = '';
  child.stderr.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  return { child, exit, stderr: once(child.stderr, 'end').then(() => text) };
}

async function portOf(child: ChildProcess): Promise<number> {
  const [line]: unknown[] = await once(createInterface({ input: child.stdout! }), 'line');
  expect(line).toMatch(/^FIRESTORE_EMULATOR_HOST=127\.0\.0\.1:\d+$/);
  return Number(String(line).split(':')[1]);
}

test.each(['SIGTERM', 'SIGINT'] as const)('it serves until %s, and ends with 0', async (signal) => {
  const { child, exit, stderr } = start('--port', '0');
  child.stdin!.end();
  const port = await portOf(child);
  const client = openRawClient(port);
  const parent = 'projects/p/databases/(default)/documents';
  await expect(client.call('ListCollectionIds', { parent })).resolves.toEqual([{}]);
  child.kill(signal);
  expect(await exit).toEqual([0, null]);
  expect(await stderr).toContain("not Google's emulator");
  client.close();
});

test('a port that is no port is told', async () => {
  const { exit, stderr } = start('--port', '70000');
  expect(await exit).toEqual([2, null]);
  expect(await stderr).toContain('--port');
});

test('a port that is taken is told', async () => {
  const first = start();
  const port = await portOf(first.child);
  const second = start('--port', String(port));
  expect((await second.exit)[0]).toBe(1);
  expect(await second.stderr).toContain(`${port}`);
});
