import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { servicesEnv, startRedis } from '@migrator/devkit';
import { generate } from 'selfsigned';
import { MeasuredProcess } from './measured-process.ts';

export interface Fakes extends AsyncDisposable {
  readonly firestoreHost: string;
  readonly tables: { readonly [kind in TableKind]: FakeTable };
  readonly redisUrl: string;
}

/** A table that discards what it is given: in the clear, over TLS, without BatchExecuteStatement; and one that keeps it. */
export type TableKind = 'discarding' | 'tls' | 'without-statements' | 'keeping';

export interface FakeTable {
  readonly endpoint: string;
  /** The certificate of one over TLS. */
  readonly caFile?: string;
  /** How often each action was called since the last `takeCalls`. */
  takeCalls(): Promise<Calls>;
}

export type Calls = { readonly [action: string]: number };

const firestoreProgram = new URL('../fakes/firestore-program.ts', import.meta.url);
const dynamodbProgram = new URL('../fakes/dynamodb-program.ts', import.meta.url);

/** Starts the fake services and a real Redis, each in a process of its own. */
export async function startFakes(): Promise<Fakes> {
  await using opened = new AsyncDisposableStack();
  const start = (name: string, main: URL, args: readonly string[] = []): MeasuredProcess =>
    opened.use(new MeasuredProcess({ name, main, args }).start());
  const table = async (name: string, args: readonly string[], caFile?: string): Promise<FakeTable> => {
    const service = start(`fake DynamoDB${name}`, dynamodbProgram, args);
    return {
      endpoint: `${caFile === undefined ? 'http' : 'https'}://${await hostOf(service)}`,
      ...(caFile === undefined ? {} : { caFile }),
      takeCalls: () => service.request<Calls>({ callsAsked: true }, 'calls'),
    };
  };

  const folder = await mkdtemp(join(tmpdir(), 'bench-tls-'));
  opened.defer(() => rm(folder, { recursive: true }));
  await writeCertificate(folder);
  const redis = opened.use(await startRedis());
  const [firestoreHost, discarding, tls, withoutStatements, keeping] = await Promise.all([
    hostOf(start('fake Firestore', firestoreProgram)),
    table('', []),
    table(' over TLS', ['--tls', folder], join(folder, 'cert.pem')),
    table(' without statements', ['--without-statements']),
    table(' that keeps', ['--keep']),
  ]);
  const running = opened.move();
  return {
    firestoreHost,
    tables: { discarding, tls, 'without-statements': withoutStatements, keeping },
    redisUrl: redis.url,
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

async function hostOf(service: MeasuredProcess): Promise<string> {
  return `127.0.0.1:${await service.message<number>('port')}`;
}

export function clientEnvironment(
  fakes: Fakes,
  { projectId, table = 'discarding' }: { projectId?: string; table?: TableKind } = {},
): Record<string, string> {
  const { endpoint, caFile } = fakes.tables[table];
  const env = servicesEnv({
    redisUrl: fakes.redisUrl,
    emulatorHost: fakes.firestoreHost,
    endpoint,
    tableName: 'bench',
    projectId,
  });
  return caFile === undefined ? env : { ...env, AWS_CA_BUNDLE: caFile };
}

async function writeCertificate(folder: string): Promise<void> {
  const altNames = [{ type: 7 as const, ip: '127.0.0.1' }];
  const { private: key, cert } = await generate([{ name: 'commonName', value: 'bench' }], {
    extensions: [{ name: 'subjectAltName', altNames }],
  });
  await writeFile(join(folder, 'key.pem'), key, { mode: 0o600 });
  await writeFile(join(folder, 'cert.pem'), cert);
}
