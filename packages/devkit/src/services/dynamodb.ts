import { type LocalService, type ServiceOptions, startService } from './service.ts';

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
  const main = new URL('./dynamodb-process.ts', import.meta.url);
  const service = await startService(
    { name: 'DynamoDB', main, env: { AWS_REGION: REGION } },
    options,
    /^port (\d+)$/,
  );
  return await withTable(service, options);
}

/** Creates the table, if requested, and stops the service if that fails. */
export async function withTable(
  service: LocalService & { readonly pid: number },
  { tableName = DEFAULT_TABLE_NAME, createTable = false }: DynamoDbOptions,
): Promise<DynamoDbService> {
  const endpoint = `http://127.0.0.1:${service.port}`;
  try {
    if (createTable) await createHeatmapsTable(endpoint, tableName);
  } catch (error) {
    await service.stop();
    throw error;
  }
  return { ...service, endpoint, region: REGION, tableName };
}

export async function createHeatmapsTable(endpoint: string, tableName: string): Promise<void> {
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
      { client, maxWaitTime: 30, minDelay: 0.02, maxDelay: 0.1 },
      { TableName: tableName },
    );
  } finally {
    client.destroy();
  }
}
