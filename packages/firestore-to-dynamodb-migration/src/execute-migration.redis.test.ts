import { startProgram, startRedis, startTcpProxy } from '@migrator/devkit';
import { closeRedis, connectRedis } from '@migrator/queue';
import { expect, inject, onTestFinished, test } from 'vitest';

import { days, openTestEnvironment } from './test-support/open-test-environment.ts';

const application = `
import { executeMigration } from ${JSON.stringify(new URL('./index.ts', import.meta.url).href)};
const onProgress = () => console.log('under way');
try {
  console.log('ended', (await executeMigration({ onProgress })).state);
} catch (error) {
  console.log('ended', error.code);
}
`;

test.concurrent.each(['cut', 'silence'] as const)(
  'an application whose Redis is lost for good in the middle of a run (%s) hears of it and ends by itself',
  async (how) => {
    const { hostname, port } = new URL(inject('services').REDIS_URL);
    await using proxy = await startTcpProxy({ target: { host: hostname, port: Number(port) } });
    await using environment = await openTestEnvironment();
    await environment.fill('ann', days(200));
    const env = {
      ...environment.env,
      REDIS_URL: `redis://127.0.0.1:${proxy.port}`,
      MAX_WRITE_UNITS_PER_SECOND: '10',
    };
    await using program = startProgram({ main: { code: application }, env });
    await program.line(/under way/);
    proxy[how]();
    expect(await program.ended).toBe(0);
    expect(program.stdout).toMatch(/ended REDIS_UNAVAILABLE\n$/);
  },
  120_000,
);

test('records of another version in Redis reject with the sentence, and stay', async () => {
  await using environment = await openTestEnvironment();
  await environment.fill('ann', days(1));
  const redis = connectRedis({ url: inject('services').REDIS_URL }, 'api', () => undefined);
  onTestFinished(() => closeRedis(redis));
  const key = `${environment.env['QUEUE_PREFIX']}:ledger:version`;
  await redis.set(key, '999');
  await expect(environment.overQueue()).rejects.toMatchObject({
    code: 'REDIS_RECORD_VERSION',
    message: expect.stringContaining('choose another QUEUE_PREFIX'),
  });
  await redis.del(key);
  await expect(environment.overQueue()).resolves.toMatchObject({ state: 'completed' });
  await redis.set(key, '999');
  await expect(environment.overQueue()).rejects.toMatchObject({ code: 'REDIS_RECORD_VERSION' });
});

test('a Redis that does not let it in, or has no such database, rejects with its code', async () => {
  await using redis = await startRedis({ settings: () => ['--requirepass', 'right'] });
  await using environment = await openTestEnvironment();
  const over = (access: string, path = ''): Promise<unknown> =>
    environment.overQueue({ redisUrl: `redis://${access}127.0.0.1:${redis.port}${path}` });
  await expect(over('')).rejects.toMatchObject({ code: 'REDIS_AUTH_REQUIRED' });
  await expect(over(':geheim@')).rejects.toMatchObject({
    code: 'REDIS_AUTH_REFUSED',
    message: expect.not.stringContaining('geheim'),
  });
  await expect(over(':right@', '/99')).rejects.toMatchObject({ code: 'REDIS_DATABASE' });
});
