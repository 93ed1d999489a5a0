import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { awsCredentials } from './credentials.ts';
import { defaultTimeoutMs, type DynamoDbTargetOptions } from './options.ts';
import { agentsFor } from './proxy.ts';
import { Sha256 } from './sha256.ts';

export const connectTimeoutMs = 5_000;

/**
 * The SDK's own client: all rules of AWS's for credentials, region, endpoint and signature come from its configuration,
 * for its own calls and for the lean ones. It retries nothing: retries are ours (core's table).
 */
export function createAwsClient(options: DynamoDbTargetOptions): DynamoDBClient {
  const requestHandler = {
    connectionTimeout: connectTimeoutMs,
    requestTimeout: options.timeoutMs ?? defaultTimeoutMs,
    throwOnRequestTimeout: true,
    ...agentsFor(options.caFile),
  };
  return new DynamoDBClient({
    region: options.region,
    endpoint: options.endpoint,
    maxAttempts: 1,
    requestHandler,
    credentials: awsCredentials(requestHandler),
    sha256: Sha256,
  });
}

/** Where PutItem would go, by all of the SDK's rules (an account's own endpoints, FIPS, dual stack, local ones …). */
export async function resolveEndpoint(client: DynamoDBClient, tableName: string): Promise<URL> {
  const command = new PutItemCommand({ TableName: tableName, Item: {} });
  const found = Promise.withResolvers<URL>();
  // The command ends at the step after its endpoint is resolved: nothing is sent.
  command.middlewareStack.add(
    (_next, context) => async () => {
      const resolved = context.endpointV2?.url;
      if (resolved === undefined) {
        found.reject(new Error('The AWS SDK resolved no endpoint.'));
      } else {
        const url = new URL(resolved);
        // As the SDK does with an endpoint that has a path: `/base` is sent to `/base/`.
        if (!url.pathname.endsWith('/')) url.pathname += '/';
        found.resolve(url);
      }
      return { response: undefined, output: { $metadata: {} } };
    },
    { step: 'build', priority: 'high', name: 'endpointOnly' },
  );
  await client.send(command);
  return await found.promise;
}
