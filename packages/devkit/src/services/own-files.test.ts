import { access, chmod, chown, lchown, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';

import { findLocalProgram } from './local-program.ts';

const isRoot = process.getuid?.() === 0;
const nobody = 65_534;

/** A cache folder with a `redis-server` that leaves a trace when it is run. */
async function plant() {
  const home = await mkdtemp(join(tmpdir(), 'cache-test-'));
  onTestFinished(() => rm(home, { recursive: true }));
  const trace = join(home, 'was-run');
  const cache = join(home, 'trading-journal-migrator');
  const kept = join(cache, 'redis-server');
  const program = join(kept, 'usr', 'bin', 'redis-server');
  const bin = join(home, 'bin');
  await mkdir(dirname(program), { recursive: true });
  await mkdir(bin);
  // Only its presence counts: nothing is to be downloaded.
  await writeFile(join(bin, 'apt-get'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
  await writeFile(program, `#!/bin/sh\n: > ${trace}\n`, { mode: 0o755 });
  const find = () =>
    findLocalProgram('redis-server', { env: { PATH: bin, XDG_CACHE_HOME: home }, notice: () => undefined });
  const wasRun = () =>
    access(trace).then(
      () => true,
      () => false,
    );
  return { home, cache, kept, program, find, wasRun };
}

test("a program in a cache folder that is this user's alone is run", async () => {
  const { program, find, wasRun } = await plant();
  expect(await find()).toMatchObject({ program: { command: program } });
  expect(await wasRun()).toBe(true);
});

const writable = ['home', 'cache', 'kept', 'program'] as const;

for (const part of writable) {
  test(`nothing is run from the cache while others can write its ${part}`, async () => {
    const planted = await plant();
    await chmod(planted[part], 0o777);
    expect(await planted.find()).toMatchObject({
      program: undefined,
      failures: [
        {
          message: expect.stringContaining(
            `${planted[part]}: it can be written by other users. Remove it`,
          ) as string,
        },
      ],
    });
    expect(await planted.wasRun()).toBe(false);
  });

  test.runIf(isRoot)(`nothing is run from the cache while another user owns its ${part}`, async () => {
    const planted = await plant();
    await chown(planted[part], nobody, nobody);
    expect(await planted.find()).toMatchObject({
      program: undefined,
      failures: [{ message: expect.stringContaining(`belongs to another user (uid ${nobody})`) as string }],
    });
    expect(await planted.wasRun()).toBe(false);
  });
}

test.runIf(isRoot)("another user's library beside the program counts too, and their link", async () => {
  const planted = await plant();
  const library = join(planted.kept, 'usr', 'lib', 'libother.so.1');
  await mkdir(dirname(library));
  await symlink('/etc/hostname', library);
  expect(await planted.find()).toMatchObject({ program: { command: planted.program } });
  await lchown(library, nobody, nobody);
  expect(await planted.find()).toMatchObject({ program: undefined });
});

test('a sticky folder above, like /tmp, is safe', async () => {
  const planted = await plant();
  await chmod(planted.home, 0o1777);
  expect(await planted.find()).toMatchObject({ program: { command: planted.program } });
});
