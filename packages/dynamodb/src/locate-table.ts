import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { MigrationError, type TargetBinding, messageOf } from '@migrator/core';

import { resolveEndpoint } from './aws-client.ts';
import type { DynamoDbTargetOptions } from './options.ts';

/**
 * The table's region and endpoint by the SDK's rules (environment and profile). Sends nothing and needs no
 * credentials. Rejects with REGION_NOT_FOUND if no region is configured.
 */
export async function locateTable(
  options: Pick<DynamoDbTargetOptions, 'tableName' | 'region' | 'endpoint'>,
): Promise<TargetBinding> {
  const { tableName, region, endpoint } = options;
  const client = new DynamoDBClient({
    region,
    endpoint,
    // Ignore account endpoints: they depend on the credentials and lead to the same table.
    accountIdEndpointMode: 'disabled',
    credentials: { accessKeyId: 'none', secretAccessKey: 'none' },
  });
  try {
    const resolved = await client.config.region();
    const { origin, pathname } = await resolveEndpoint(client, tableName);
    return { table: tableName, region: resolved, endpoint: origin + pathname.replace(/\/$/, '') };
  } catch (error) {
    throw new MigrationError(
      'REGION_NOT_FOUND',
      `It is not known which AWS region table "${tableName}" is in: set AWS_REGION, or a region in the profile. (${messageOf(error)})`,
      { cause: error },
    );
  } finally {
    client.destroy();
  }
}

/** The account in `arn:aws:dynamodb:eu-central-1:123456789012:table/journals`. */
export function accountOfArn(arn: string | undefined): string | undefined {
  return /^arn:[^:]*:dynamodb:[^:]*:(\d+):/.exec(arn ?? '')?.[1];
}
