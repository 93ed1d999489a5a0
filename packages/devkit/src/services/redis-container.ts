import { ProgramError } from '../processes/program.ts';
import { redisArguments } from './redis-arguments.ts';
import type { RedisService, RedisSettings } from './redis-service.ts';

export const REDIS_IMAGE = 'redis:8.10.0-alpine';
const CONTAINER_PORT = 6379;

/** Whether a container engine (Docker or its like) answers. */
export async function hasContainerEngine(): Promise<boolean> {
  const { getContainerRuntimeClient } = await import('testcontainers');
  try {
    await getContainerRuntimeClient();
    return true;
  } catch {
    return false;
  }
}

/** Starts Redis in a container, which Testcontainers' reaper removes when this process has ended. */
export async function startRedisContainer(settings: RedisSettings): Promise<RedisService> {
  const { Wait, getContainerRuntimeClient } = await import('testcontainers');
  const { LoopbackContainer } = await import('./loopback-container.ts');

  const { port, appendOnly, dataDir, onUnexpectedEnd } = settings;
  const args = redisArguments({ port: CONTAINER_PORT, bind: '0.0.0.0', dir: '/data', appendOnly });
  const description = new LoopbackContainer(REDIS_IMAGE)
    .withCommand(['redis-server', ...args, '--protected-mode', 'no'])
    // A port of the engine's choice would be another one after a restart.
    .withExposedPorts({ container: CONTAINER_PORT, host: port })
    // Does not wait for its log: after a restart Testcontainers may miss the line of a server that was fast.
    .withWaitStrategy(Wait.forSuccessfulCommand('redis-cli ping | grep PONG'));
  if (dataDir !== undefined) {
    description.withBindMounts([{ source: dataDir, target: '/data' }]);
    // The image's own user could not write to the caller's folder, or would leave files there that are not the caller's.
    if (process.getuid && process.getgid) description.withUser(`${process.getuid()}:${process.getgid()}`);
  }

  const started = await description.start();
  const engine = (await getContainerRuntimeClient()).container;
  const container = engine.getById(started.getId());
  let expectedEnd = false;
  const watch = async (): Promise<void> => {
    expectedEnd = false;
    await container.wait();
    if (!expectedEnd) onUnexpectedEnd(new ProgramError("Redis's container ended by itself."));
  };
  // An engine that no longer answers ends the wait; the next call to it fails with the reason.
  const watchInBackground = (): void => void watch().catch(() => {});
  watchInBackground();
  const stop = async (): Promise<void> => {
    expectedEnd = true;
    await started.stop();
  };
  return {
    host: '127.0.0.1',
    port,
    url: `redis://127.0.0.1:${port}`,
    pid: undefined,
    async restart() {
      expectedEnd = true;
      await started.restart({ timeout: 10 });
      watchInBackground();
    },
    async kill() {
      expectedEnd = true;
      await container.kill();
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}
