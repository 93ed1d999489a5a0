import type { Lease, MigrationError } from '@migrator/core';

import { createAwsClient } from './aws-client.ts';
import type { DynamoDbTargetOptions } from './options.ts';
import { SignedTransport } from './signed-transport.ts';
import { jsonBody } from './requests.ts';

/** The error of each write; undefined if it is permitted. */
export interface WritePermissions {
  readonly PutItem: MigrationError | undefined;
  readonly DeleteItem: MigrationError | undefined;
}

const dateKey = { S: 'journal-migrate doctor' };
/** A condition that is never true. */
const neverHolds = 'attribute_exists(dateKey) AND attribute_not_exists(dateKey)';
/** No lease is needed, because nothing is written. */
const noLease: Lease = { require: () => undefined };

/** Sends a put and a delete whose condition can't hold: DynamoDB checks the permission, and writes nothing. */
export async function tryWrites(
  options: DynamoDbTargetOptions,
  signal?: AbortSignal,
): Promise<WritePermissions> {
  const client = createAwsClient(options);
  const transport = new SignedTransport(client, options);
  const attempt = async (
    action: keyof WritePermissions,
    fields: object,
  ): Promise<MigrationError | undefined> => {
    const body = { TableName: options.tableName, ConditionExpression: neverHolds, ...fields };
    return await transport.send({ action, body: jsonBody(body), lease: noLease, signal }).then(
      () => undefined,
      (error: MigrationError) => error,
    );
  };
  try {
    return {
      PutItem: await attempt('PutItem', { Item: { dateKey } }),
      DeleteItem: await attempt('DeleteItem', { Key: { dateKey } }),
    };
  } finally {
    await transport.close();
    client.destroy();
  }
}
