import {
  CreateTableCommand,
  DescribeTableCommand,
  type DynamoDBClient,
  ResourceInUseException,
  type TableDescription as AwsTable,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import { MigrationError, type TableDescription, abortable, withRetries } from '@migrator/core';
import { accountOfArn } from './locate-table.ts';
import type { DynamoDbTargetOptions } from './options.ts';
import { requireIndexes, requireKey } from './table-shape.ts';
import { targetError, toServiceError } from './target-errors.ts';

const creationTimeoutS = 300;

/** Calls about the table as a whole. They are rare, so they use the SDK. */
export class Table {
  readonly #client: DynamoDBClient;
  readonly #options: DynamoDbTargetOptions;
  #arn: string | undefined;

  constructor(client: DynamoDBClient, options: DynamoDbTargetOptions) {
    this.#client = client;
    this.#options = options;
  }

  /** Rejects with a MigrationError also if an index of the table would reject every item. */
  async preflight(signal?: AbortSignal): Promise<TableDescription> {
    const table = await this.#describeOrCreate(signal);
    const description = this.#checked(table);
    requireIndexes(table, this.#options.tableName);
    return description;
  }

  /** As `preflight`, but never creates the table. */
  async describe(signal?: AbortSignal): Promise<TableDescription> {
    return this.#checked(await this.#describe(signal));
  }

  /** Its whole name, which another table of the same name would have, too. */
  async arn(signal: AbortSignal | undefined): Promise<string> {
    this.#arn ??= (await this.#describe(signal)).TableArn;
    if (this.#arn !== undefined) return this.#arn;
    const { tableName } = this.#options;
    throw new MigrationError('NOT_SUPPORTED', `DynamoDB names no ARN of table "${tableName}".`);
  }

  #checked(table: AwsTable): TableDescription {
    requireKey(table, this.#options.tableName);
    const account = accountOfArn(table.TableArn);
    const onDemand = table.BillingModeSummary?.BillingMode === 'PAY_PER_REQUEST';
    const provisioned = onDemand ? 0 : (table.ProvisionedThroughput?.WriteCapacityUnits ?? 0);
    return {
      itemCount: table.ItemCount ?? 0,
      sizeBytes: table.TableSizeBytes ?? 0,
      account,
      provisionedWriteUnits: provisioned === 0 ? undefined : provisioned,
    };
  }

  async #describeOrCreate(signal: AbortSignal | undefined): Promise<AwsTable> {
    try {
      const table = await this.#describe(signal);
      if (table.TableStatus !== 'CREATING') return table;
    } catch (error) {
      if (MigrationError.codeOf(error) !== 'TABLE_NOT_FOUND' || this.#options.createTable !== true)
        throw error;
      await this.#create(signal);
    }
    await this.#untilActive(signal);
    return await this.#describe(signal);
  }

  async #describe(signal: AbortSignal | undefined): Promise<AwsTable> {
    const { tableName } = this.#options;
    return await this.#retrying('DescribeTable', signal, async () => {
      const { Table: table } = await this.#client.send(new DescribeTableCommand({ TableName: tableName }), {
        abortSignal: signal,
      });
      if (table !== undefined) return table;
      throw new MigrationError('TARGET_UNAVAILABLE', `DynamoDB described table "${tableName}" with nothing.`);
    });
  }

  async #create(signal: AbortSignal | undefined): Promise<void> {
    await this.#retrying('CreateTable', signal, async () => {
      try {
        await this.#client.send(
          new CreateTableCommand({
            TableName: this.#options.tableName,
            KeySchema: [{ AttributeName: 'dateKey', KeyType: 'HASH' }],
            AttributeDefinitions: [{ AttributeName: 'dateKey', AttributeType: 'S' }],
            BillingMode: 'PAY_PER_REQUEST',
          }),
          { abortSignal: signal },
        );
      } catch (error) {
        // Another process is a moment ahead of us.
        if (!(error instanceof ResourceInUseException)) throw error;
      }
    });
  }

  async #untilActive(signal: AbortSignal | undefined): Promise<void> {
    const { tableName } = this.#options;
    await this.#retrying('DescribeTable', signal, async () => {
      await waitUntilTableExists(
        {
          client: this.#client,
          maxWaitTime: creationTimeoutS,
          minDelay: 0.1,
          maxDelay: 5,
          abortSignal: signal,
        },
        { TableName: tableName },
      );
    });
  }

  async #retrying<T>(action: string, signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
    const { tableName, onRetry } = this.#options;
    const operation = `${action} on table "${tableName}"`;
    const call = async (): Promise<T> => {
      try {
        return await abortable(work(), operation, signal);
      } catch (error) {
        if (error instanceof MigrationError) throw error;
        throw targetError(toServiceError(error), { action, tableName });
      }
    };
    return await withRetries(call, { operation, signal, onRetry });
  }
}
