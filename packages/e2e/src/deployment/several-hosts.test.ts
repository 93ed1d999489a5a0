import { describe, expect, inject, onTestFinished, test } from 'vitest';

import { expectWholeRun, openDeployment } from './testing/deployment.ts';
import { makeHosts, noHosts } from './testing/hosts.ts';

const why = await noHosts();
if (why !== undefined) process.stderr.write(`Workers on several hosts were not tried: ${why}.\n`);

describe.runIf(why === undefined)('workers on three hosts', () => {
  test(
    'one is cut off in the middle of a run and healed: the others go on, and every entry counts once',
    { timeout: 240_000 },
    async () => {
      const services = inject('services');
      const hosts = await makeHosts(3);
      onTestFinished(() => hosts[Symbol.asyncDispose]());
      const there = (text: string): string => text.replace('127.0.0.1', hosts.address);
      const { REDIS_URL, FIRESTORE_EMULATOR_HOST, AWS_ENDPOINT_URL_DYNAMODB } = services;
      for (const url of [REDIS_URL, `grpc://${FIRESTORE_EMULATOR_HOST}`, AWS_ENDPOINT_URL_DYNAMODB]) {
        await hosts.open(Number(new URL(url).port));
      }
      await using deployment = await openDeployment({
        users: 9,
        entriesPerUser: 300,
        hosts: hosts.names,
        hostsEnv: { REDIS_URL: there(REDIS_URL) },
        env: {
          // The same for the API: a worker with another endpoint takes no part in its run.
          FIRESTORE_EMULATOR_HOST: there(FIRESTORE_EMULATOR_HOST),
          AWS_ENDPOINT_URL_DYNAMODB: there(AWS_ENDPOINT_URL_DYNAMODB),
          USER_CONCURRENCY: '2',
          MAX_WRITE_UNITS_PER_SECOND: '150',
        },
      });
      await deployment.client.begin();
      await deployment.client.processed(200);
      const [lost = ''] = hosts.names;
      await hosts.cut(lost);
      // More than there is without the lost one's two users: they are the others' by then.
      await deployment.client.processed(2_450);
      await hosts.heal(lost);
      expectWholeRun(await deployment.client.end(), deployment.entries);

      for (const worker of deployment.workers) worker.signal('SIGTERM');
      expect(await Promise.all(deployment.workers.map(({ ended }) => ended))).toEqual([0, 0, 0]);
    },
  );
});
