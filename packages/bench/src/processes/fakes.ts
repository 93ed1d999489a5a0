import { type LocalServicesEnv, servicesEnv, startRedis } from '@migrator/devkit';
import { MeasuredProcess } from './measured-process.ts';

/** What clients are pointed at. */
export interface Fakes extends AsyncDisposable {
  readonly firestoreHost: string;
  /** Of a table that discards what it is given. */
  readonly discardingEndpoint: string;
  /** Of a table that keeps it. */
  readonly keepingEndpoint: string;
  readonly redisUrl: string;
}

const firestoreProgram = new URL('../fakes/firestore-program.ts', import.meta.url);
const dynamodbProgram = new URL('../fakes/dynamodb-program.ts', import.meta.url);

/** Starts the fake services and a real Redis, each in a process of its own. */
export async function startFakes(): Promise<Fakes> {
  await using opened = new AsyncDisposableStack();
  const start = async (name: string, file: URL, args: readonly string[] = []): Promise<string> => {
    const service = opened.use(new MeasuredProcess({ name, main: file, args }).start());
    return `127.0.0.1:${await service.told<number>('port')}`;
  };
  const redis = opened.use(await startRedis());
  const [firestoreHost, discarding, keeping] = await Promise.all([
    start('fake Firestore', firestoreProgram),
    start('fake DynamoDB', dynamodbProgram),
    start('fake DynamoDB that keeps', dynamodbProgram, ['--keep']),
  ]);
  const running = opened.move();
  return {
    firestoreHost,
    discardingEndpoint: `http://${discarding}`,
    keepingEndpoint: `http://${keeping}`,
    redisUrl: redis.url,
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

/** What points a client at them. */
export function clientEnvironment(
  fakes: Fakes,
  { projectId, keep = false }: { projectId?: string; keep?: boolean } = {},
): LocalServicesEnv {
  return servicesEnv({
    redisUrl: fakes.redisUrl,
    emulatorHost: fakes.firestoreHost,
    endpoint: keep ? fakes.keepingEndpoint : fakes.discardingEndpoint,
    tableName: 'bench',
    projectId,
  });
}
