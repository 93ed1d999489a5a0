import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { awsCredentials } from './credentials.ts';
import { defaultTimeoutMs, type DynamoDbTargetOptions } from './options.ts';
import { agentsFor } from './proxy.ts';
import { Sha256 } from './sha256.ts';

export const connectTimeoutMs = 5_000;

/**
 * The SDK's client. Its configuration resolves credentials, region and endpoint, for its own calls and for raw
 * requests. It retries nothing: retries follow core's `errorTable`.
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

/** The endpoint of PutItem by all of the SDK's rules (account endpoints, FIPS, dual stack, local ones …). */
export async function resolveEndpoint(client: DynamoDBClient, tableName: string): Promise<URL> {
  const command = new PutItemCommand({ TableName: tableName, Item: {} });
  const found = Promise.withResolvers<URL>();
  // The command stops after its endpoint is resolved, so nothing is sent.
  command.middlewareStack.add(
    (_next, context) => async () => {
      const resolved = context.endpointV2?.url;
      if (resolved === undefined) {
        found.reject(new Error('The AWS SDK resolved no endpoint.'));
      } else {
        const url = new URL(resolved);
        // As the SDK treats an endpoint with a path: requests for `/base` go to `/base/`.
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
