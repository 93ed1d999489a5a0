import { readFile } from 'node:fs/promises';

import { expect, test } from 'vitest';

const file = (name: string): Promise<string> =>
  readFile(new URL(`../../../${name}`, import.meta.url), 'utf8');

test('the image has the Node that bare machines get', async () => {
  const { optionalDependencies } = JSON.parse(await file('package.json')) as {
    optionalDependencies: Record<string, string>;
  };
  const versions = new Set(Object.values(optionalDependencies));
  const [, version] = /^ARG NODE_IMAGE=node:([\d.]+)-slim$/m.exec(await file('Dockerfile')) ?? [];
  expect([...versions]).toEqual([version]);
});

test("the image has CI's pnpm", async () => {
  const [, version] = /pnpm@([\d.]+)/.exec(await file('Dockerfile')) ?? [];
  expect(await file('.ci/run')).toContain(`pnpm_version=${version}\n`);
});

test("Testcontainers takes the compose file's images", async () => {
  const compose = await file('docker-compose.yml');
  const images = [...compose.matchAll(/^\s+image: (\S+)$/gm)].map(([, image]) => image);
  const code =
    (await file('packages/local-services/src/container-services.ts')) +
    (await file('packages/local-services/src/redis-container.ts'));
  for (const image of images.filter((name) => !name?.startsWith('trading-journal-migrator'))) {
    expect(code).toContain(`'${image}'`);
  }
});

test('everything that the compose file publishes, it publishes for this machine only', async () => {
  const ports = [...(await file('docker-compose.yml')).matchAll(/ports: \[(.*)\]/g)].map(([, list]) => list);
  expect(ports).toEqual([expect.stringMatching(/^'127\.0\.0\.1:[^,]*'$/)]);
});
