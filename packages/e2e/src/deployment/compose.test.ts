/*
 * docker-compose.yml on a real engine. `DEPLOYMENT_TESTS=engine` asks for it: on the engine that DOCKER_HOST names, or else
 * on one of the tests' own. `DEPLOYMENT_IMAGES=stand-ins` makes the images from files of this machine (stand-ins/make-images.ts),
 * which proves the wiring and not the vendors' images.
 */
import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';

import { makeImages } from './stand-ins/make-images.ts';
import { type Compose, compose, composeTool } from './testing/compose.ts';
import { type Engine, engineAnswers, startEngine } from './testing/engine.ts';
import { expectWholeRun } from './testing/deployment.ts';
import { freePort } from '@migrator/devkit';
import { MigrationClient } from './testing/migration-client.ts';
import { runProgram } from '@migrator/devkit';

const wanted = process.env['DEPLOYMENT_TESTS'] === 'engine';
const standIns = process.env['DEPLOYMENT_IMAGES'] === 'stand-ins';
const imagesLimitMs = 1_800_000;
const size = { users: 10, entriesPerUser: 120 };

if (!wanted) {
  process.stderr.write(
    'docker-compose.yml was not tried on an engine: DEPLOYMENT_TESTS=engine asks for that.\n',
  );
}

describe.runIf(wanted)('docker compose up', () => {
  let engine: Engine | undefined;

  beforeAll(async () => {
    if (!(await engineAnswers())) {
      engine = await startEngine();
      vi.stubEnv('DOCKER_HOST', engine.host);
    }
    if (standIns || engine !== undefined) {
      process.stderr.write(
        'Stand-ins for the images: this proves the wiring, and nothing about the images of Redis, Amazon and Google.\n',
      );
      await makeImages();
    }
  }, imagesLimitMs);

  afterAll(async () => {
    await engine?.[Symbol.asyncDispose]();
    vi.unstubAllEnvs();
  }, 60_000);

  test(
    'comes up healthy, migrates with three workers, survives the loss of one, and goes down clean',
    { timeout: 300_000 },
    async () => {
      const { project, client } = await up(3);
      for (const service of ['redis', 'dynamodb', 'firestore', 'api']) {
        const [container = ''] = await project.containers(service);
        await vi.waitFor(
          async () => expect(await project.inspect(container, '{{.State.Health.Status}}')).toBe('healthy'),
          { timeout: 30_000 },
        );
      }
      const workers = await project.containers('worker');
      expect(workers).toHaveLength(3);
      const apis = await project.containers('api');
      for (const container of [...workers, ...apis]) {
        expect(await project.inspect(container, '{{.Config.User}} {{.HostConfig.ReadonlyRootfs}}')).toBe(
          'node true',
        );
      }

      await project('run', '--rm', 'fill');
      await client.begin();
      await client.processed(100);
      const [lost = '', ...others] = workers;
      await runProgram('docker', ['kill', lost]);
      expectWholeRun(await client.end(), size.users * size.entriesPerUser);

      await project('stop', '--timeout', '20');
      for (const container of [...others, ...apis]) {
        expect(await project.inspect(container, '{{.State.ExitCode}} {{.State.OOMKilled}}')).toBe('0 false');
      }
    },
  );
});

async function up(workers: number): Promise<{ project: Compose; client: MigrationClient }> {
  const port = await freePort();
  const token = randomUUID();
  const project = compose(`migration-${token.slice(0, 8)}`, await composeTool(), {
    API_PORT: String(port),
    API_TOKEN: token,
    FILL_USERS: String(size.users),
    FILL_ENTRIES: String(size.entriesPerUser),
    // Slow enough for something to happen in the middle.
    MAX_WRITE_UNITS_PER_SECOND: '300',
  });
  onTestFinished(async () => {
    await project('down', '--volumes', '--timeout', '20');
  });
  await project('up', '--detach', '--scale', `worker=${workers}`);
  const client = new MigrationClient({ url: `http://127.0.0.1:${port}`, token });
  await client.ready();
  return { project, client };
}
