import type { LocalServices } from '@migrator/devkit';
import { PortTakenError, RedisMissingError, startLocalServices } from '@migrator/devkit';
import { endInOrder } from '@migrator/config';

import { watchRunner } from './watch-runner.ts';

export interface ServicesOptions {
  redisPort?: number;
  firestorePort?: number;
  dynamodbPort?: number;
}

/**
 * Starts the local services, prints their environment as `NAME=value` lines and then `ready`, and stays up until it is
 * asked to stop, or until one of the services ends by itself, which is a failure.
 */
export async function services(options: ServicesOptions): Promise<void> {
  let starting: Promise<LocalServices> | undefined;
  const end = endInOrder('services', async () => {
    const [started] = await Promise.allSettled([starting]);
    if (started.status === 'fulfilled') await started.value?.stop();
  });
  await watchRunner(process.env, () => end());

  const onUnexpectedEnd = (error: Error): void => {
    process.stderr.write(`${error.message}\n`);
    end(1);
  };
  const service = (port: number | undefined) => ({
    onUnexpectedEnd,
    port,
  });
  starting = startLocalServices({
    redis: service(options.redisPort),
    firestore: service(options.firestorePort),
    dynamodb: { ...service(options.dynamodbPort), createTable: true },
  });
  try {
    const { env } = await starting;
    const lines = Object.entries(env).map(([name, value]) => `${name}=${value}\n`);
    process.stdout.write(`${lines.join('')}ready\n`);
  } catch (error) {
    if (!(error instanceof PortTakenError || error instanceof RedisMissingError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}
