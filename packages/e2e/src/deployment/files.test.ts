import { readFile } from 'node:fs/promises';

import { expect, test } from 'vitest';

const file = (name: string): Promise<string> =>
  readFile(new URL(`../../../../${name}`, import.meta.url), 'utf8');

test('the image has the Node that bare machines with Linux get', async () => {
  const { optionalDependencies } = JSON.parse(await file('package.json')) as {
    optionalDependencies: Record<string, string>;
  };
  const versions = ['x64', 'arm64'].map((cpu) => optionalDependencies[`node-linux-${cpu}`]);
  const [, version] = /^ARG NODE_IMAGE=node:([\d.]+)-slim$/m.exec(await file('Dockerfile')) ?? [];
  expect(versions).toEqual([version, version]);
});

test("the image has CI's pnpm", async () => {
  const [, version] = /pnpm@([\d.]+)/.exec(await file('Dockerfile')) ?? [];
  expect(await file('.ci/run')).toContain(`pnpm_version=${version}\n`);
});

test("Testcontainers takes the compose file's images", async () => {
  const compose = await file('docker-compose.yml');
  const images = [...compose.matchAll(/^\s+image: (\S+)$/gm)].map(([, image]) => image);
  const code =
    (await file('packages/devkit/src/services/container-services.ts')) +
    (await file('packages/devkit/src/services/redis-container.ts'));
  for (const image of images.filter((name) => !name?.startsWith('trading-journal-migrator'))) {
    expect(code).toContain(`'${image}'`);
  }
});

test('everything that the compose file publishes, it publishes for this machine only', async () => {
  const ports = [...(await file('docker-compose.yml')).matchAll(/ports: \[(.*)\]/g)].map(([, list]) => list);
  expect(ports).toEqual([expect.stringMatching(/^'127\.0\.0\.1:[^,]*'$/)]);
});

const services = async (): Promise<Map<string, string>> => {
  const [, all = ''] = /^services:\n([^]*?)^volumes:/m.exec(await file('docker-compose.yml')) ?? [];
  const parts = all.split(/^ {2}(?=[a-z]+:$)/m).filter((part) => /^[a-z]+:/.test(part));
  return new Map(parts.map((part) => [part.slice(0, part.indexOf(':')), part]));
};

test('every service of the compose file is confined', async () => {
  const compose = await file('docker-compose.yml');
  for (const anchor of ['app', 'confined']) {
    const [block = ''] = new RegExp(`^x-${anchor}: &${anchor}\n(?: .*\n)+`, 'm').exec(compose) ?? [];
    expect(block).toContain('cap_drop: [ALL]');
    expect(block).toContain('no-new-privileges:true');
  }
  const all = await services();
  expect([...all.keys()]).toEqual(['redis', 'dynamodb', 'firestore', 'api', 'worker', 'fill']);
  for (const [name, service] of all) expect(service, name).toMatch(/<<: \*(?:app|confined)\n/);
});

test('no token stands in the compose file, and no image in it moves', async () => {
  const compose = await file('docker-compose.yml');
  expect(compose).toContain("API_TOKEN: '${API_TOKEN:?set it to a token");
  const tags = [...compose.matchAll(/^\s+image: (\S+):(\S+)$/gm)].map(([, , tag]) => tag);
  expect(tags.filter((tag) => tag !== 'local')).toEqual([
    expect.stringMatching(/^\d+\.\d+\.\d+-alpine$/),
    expect.stringMatching(/^\d+\.\d+\.\d+$/),
    expect.stringMatching(/^\d+\.\d+\.\d+-emulators$/),
  ]);
});

/** Docker's `*` also takes a leading dot along. */
function expression(pattern: string): RegExp {
  const source = pattern.replaceAll(/\*\*\/|\*|[.+?^${}()|[\]\\]/g, (sign) =>
    sign === '**/' ? '(?:.*/)?' : sign === '*' ? '[^/]*' : `\\${sign}`,
  );
  return new RegExp(`^${source}$`);
}

/** As Docker reads it: the last pattern that fits decides. */
async function isSent(path: string): Promise<boolean> {
  const patterns = (await file('.dockerignore'))
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  let sent = true;
  for (const line of patterns) {
    const pattern = expression(line.replace('!', ''));
    // A folder that fits takes all below it along.
    const parts = path.split('/');
    const fits = parts.some((_, at) => pattern.test(parts.slice(0, at + 1).join('/')));
    if (fits) sent = line.startsWith('!');
  }
  return sent;
}

test('only what runs is sent to the build of an image', async () => {
  for (const path of [
    'package.json',
    'pnpm-lock.yaml',
    'apps/api/package.json',
    'apps/api/src/main.ts',
    'apps/api/src/access/session.ts',
    'apps/api/page/index.html',
    'apps/api/page/dashboard/icon.svg',
    'apps/api/page/dashboard/main.js',
    'apps/api/page/dashboard/style.css',
    'packages/core/src/index.ts',
    'packages/queue/src/lua/start-task.lua',
    'packages/queue/src/lua/includes/leases.lua',
  ])
    expect([path, await isSent(path)]).toEqual([path, true]);
  for (const path of [
    '.env',
    '.git/config',
    'key.json',
    'apps/api/.env',
    'apps/api/src/.env.production',
    'apps/api/src/key.json',
    'apps/api/src/service-account.pem',
    'apps/api/src/http.test.ts',
    'apps/api/page/.env',
    'apps/api/node_modules/zod/package.json',
    'packages/firestore-to-dynamodb-migration/dist/index.js',
    'packages/core/cases/double/item.json',
    'packages/core/notes.txt',
    'docs/api.md',
  ])
    expect([path, await isSent(path)]).toEqual([path, false]);
});
