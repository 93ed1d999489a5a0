import { freePort } from './free-port.ts';
import { startRedisContainer } from './redis-container.ts';
import type { RedisService } from './redis-service.ts';
import type { LocalServices } from './start-local-services.ts';
import { servicesEnv } from './start-local-services.ts';
import { warnOfUnexpectedEnd } from './service.ts';

interface Image {
  readonly name: string;
  readonly port: number;
  readonly command: string[];
}

/** The same as in docker-compose.yml. */
const DYNAMODB: Image = {
  name: 'amazon/dynamodb-local:3.3.1',
  port: 8000,
  command: ['-jar', 'DynamoDBLocal.jar', '-sharedDb', '-inMemory'],
};
const FIRESTORE: Image = {
  name: 'gcr.io/google.com/cloudsdktool/google-cloud-cli:583.0.0-emulators',
  port: 8080,
  command: ['gcloud', 'emulators', 'firestore', 'start', '--host-port=0.0.0.0:8080'],
};

/**
 * Starts Redis, Amazon's DynamoDB Local and Google's Firestore emulator as containers, on ports of 127.0.0.1.
 * Testcontainers' reaper removes them when this process has ended.
 */
export async function startContainerServices(): Promise<Pick<LocalServices, 'env' | 'stop'>> {
  await using opened = new AsyncDisposableStack();
  const released = async <T extends { stop(): Promise<unknown> }>(starting: Promise<T>): Promise<T> =>
    opened.adopt(await starting, async (started) => void (await started.stop()));
  const starts = [released(startRedis()), released(start(DYNAMODB)), released(start(FIRESTORE))] as const;
  await Promise.allSettled(starts);
  const [redis, dynamodb, firestore] = await Promise.all(starts);
  const running = opened.move();
  return {
    env: servicesEnv({
      redisUrl: redis.url,
      endpoint: `http://127.0.0.1:${dynamodb.getMappedPort(DYNAMODB.port)}`,
      emulatorHost: `127.0.0.1:${firestore.getMappedPort(FIRESTORE.port)}`,
    }),
    stop: () => running.disposeAsync(),
  };
}

async function startRedis(): Promise<RedisService> {
  const port = await freePort();
  return startRedisContainer({ port, appendOnly: false, onUnexpectedEnd: warnOfUnexpectedEnd });
}

async function start({ name, port, command }: Image) {
  const { Wait } = await import('testcontainers');
  const { LoopbackContainer } = await import('./loopback-container.ts');
  return new LoopbackContainer(name)
    .withCommand(command)
    .withExposedPorts(port)
    .withWaitStrategy(Wait.forSuccessfulCommand(`bash -c 'exec 3<>/dev/tcp/127.0.0.1/${port}'`))
    .withStartupTimeout(120_000)
    .start();
}
