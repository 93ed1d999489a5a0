import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { expect, it, onTestFinished } from 'vitest';

const tools = fileURLToPath(new URL('../../../tools', import.meta.url));

/** Runs it as the script `start`, in a clone of its own. */
function checkStart(options: { installed: boolean; node: string }): {
  status: number | null;
  stderr: string;
} {
  const clone = mkdtempSync(join(tmpdir(), 'clone-'));
  onTestFinished(() => rmSync(clone, { recursive: true }));
  cpSync(tools, join(clone, 'tools'), { recursive: true });
  if (options.installed) mkdirSync(join(clone, 'node_modules'));
  const versions = `Object.defineProperty(process, 'versions', { value: { node: '${options.node}' } })`;
  const { status, stderr } = spawnSync(
    process.execPath,
    [
      '--import',
      `data:text/javascript,${encodeURIComponent(versions)}`,
      join(clone, 'tools/check-start.mjs'),
    ],
    { env: { npm_lifecycle_event: 'prestart' }, encoding: 'utf8' },
  );
  return { status, stderr };
}

it.each([
  [{ installed: false, node: '26.10.0' }, 2, 'Nothing is installed yet'],
  [{ installed: true, node: '20.20.2' }, 2, 'Node 20.20.2 is too old'],
  [{ installed: true, node: '22.18.9' }, 2, 'Node 22.18.9 is too old'],
])('%j is refused in one line that says what to type', (options, status, words) => {
  const ended = checkStart(options);
  expect(ended).toMatchObject({ status, stderr: expect.stringContaining(words) });
  expect(ended.stderr).toContain('npx --yes pnpm@12.21.0 start');
  expect(ended.stderr.trim().split('\n')).toHaveLength(1);
});

it.each(['22.19.0', '26.10.0'])('an installed clone on Node %s is fine', (node) => {
  expect(checkStart({ installed: true, node })).toEqual({ status: 0, stderr: '' });
});

it('npm install says what to type instead', () => {
  const clone = mkdtempSync(join(tmpdir(), 'clone-'));
  onTestFinished(() => rmSync(clone, { recursive: true }));
  cpSync(join(tools, '../package.json'), join(clone, 'package.json'));
  // npm reads its dependencies before it asks any registry.
  const { status, stderr } = spawnSync('npm', ['install', '--offline', `--cache=${join(clone, 'cache')}`], {
    cwd: clone,
    encoding: 'utf8',
  });
  expect(status).not.toBe(0);
  expect(stderr).toContain('npm does not know catalogs: type npx --yes pnpm@12.21.0 install');
});
