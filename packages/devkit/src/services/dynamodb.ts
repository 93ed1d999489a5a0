import { isPortFree } from './free-port.ts';
import type { LocalService, ServiceOptions } from './service.ts';
import { PortTakenError } from './service.ts';
import { spawnServiceProcess, warnOfUnexpectedEnd } from './service-process.ts';

export interface DynamoDbOptions extends ServiceOptions {
  /** `tradebook-heatmaps` by default. */
  tableName?: string;
  /** Creates the table (partition key `dateKey`, on-demand) before it resolves; false by default. */
  createTable?: boolean;
}

export interface DynamoDbService extends LocalService {
  /** `http://127.0.0.1:PORT` */
  readonly endpoint: string;
  readonly region: string;
  readonly tableName: string;
  readonly pid: number;
}

const DEFAULT_TABLE_NAME = 'tradebook-heatmaps';
const REGION = 'us-east-1';

/** Starts an empty DynamoDB (dynalite, in memory). Throws `PortTakenError` if the chosen port is taken. */
export async function startDynamoDb(options: DynamoDbOptions = {}): Promise<DynamoDbService> {
  const { port: chosenPort, tableName = DEFAULT_TABLE_NAME, createTable = false } = options;
  const child = spawnServiceProcess({
    name: 'DynamoDB',
    program: new URL('./dynamodb-process.ts', import.meta.url),
    args: ['--port', String(chosenPort ?? 0)],
    env: { AWS_REGION: REGION },
    onUnexpectedEnd: options.onUnexpectedEnd ?? warnOfUnexpectedEnd,
  });
  try {
    const port = await child.read((line) => {
      const match = /^port (\d+)$/.exec(line);
      return match ? Number(match[1]) : undefined;
    });
    const endpoint = `http://127.0.0.1:${port}`;
    if (createTable) await createHeatmapsTable(endpoint, tableName);
    return {
      host: '127.0.0.1',
      port,
      endpoint,
      region: REGION,
      tableName,
      pid: child.pid,
      stop: () => child.stop(),
      [Symbol.asyncDispose]: () => child.stop(),
    };
  } catch (error) {
    await child.stop();
    if (chosenPort !== undefined && !(await isPortFree(chosenPort))) {
      throw new PortTakenError('DynamoDB', chosenPort);
    }
    throw error;
  }
}

async function createHeatmapsTable(endpoint: string, tableName: string): Promise<void> {
  // Loaded only where it is needed: the SDK takes longer to load than dynalite takes to start.
  const { CreateTableCommand, DynamoDBClient, waitUntilTableExists } =
    await import('@aws-sdk/client-dynamodb');
  const client = new DynamoDBClient({
    endpoint,
    region: REGION,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  try {
    await client.send(
      new CreateTableCommand({
        TableName: tableName,
        AttributeDefinitions: [{ AttributeName: 'dateKey', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'dateKey', KeyType: 'HASH' }],
        BillingMode: 'PAY_PER_REQUEST',
      }),
    );
    await waitUntilTableExists(
      { client, maxWaitTime: 10, minDelay: 0.02, maxDelay: 0.1 },
      { TableName: tableName },
    );
  } finally {
    client.destroy();
  }
}
