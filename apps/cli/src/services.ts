import type { LocalServices } from '@migrator/local-services';
import { PortTakenError, RedisMissingError, startLocalServices } from '@migrator/local-services';
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
  const stop = Promise.withResolvers<void>();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => stop.resolve());
  await watchRunner(process.env, stop.resolve);

  const onUnexpectedEnd = (error: Error): void => {
    fail(error.message);
    stop.resolve();
  };
  const service = (port: number | undefined) => ({
    onUnexpectedEnd,
    ...(port === undefined ? {} : { port }),
  });
  let running: LocalServices;
  try {
    running = await startLocalServices({
      redis: service(options.redisPort),
      firestore: service(options.firestorePort),
      dynamodb: { ...service(options.dynamodbPort), createTable: true },
    });
  } catch (error) {
    if (!(error instanceof PortTakenError || error instanceof RedisMissingError)) throw error;
    fail(error.message);
    return;
  }
  const lines = Object.entries(running.env).map(([name, value]) => `${name}=${value}\n`);
  process.stdout.write(`${lines.join('')}ready\n`);
  await stop.promise;
  await running.stop();
}

function fail(message: string): void {
  process.stderr.write(`${message}\n`);
  process.exitCode = 1;
}
