import { defaultProvider } from '@aws-sdk/credential-provider-node';
import type { DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';

import { credentialsError, requireUsable } from './credentials-errors.ts';

type Chain = ReturnType<typeof defaultProvider>;

/**
 * The AWS SDK's own chain: environment, profile, SSO, web identity, container, instance. Throws a MigrationError that names
 * the link that is broken, where the chain's own error is of a file or a socket, or of no link at all.
 */
export function awsCredentials(requestHandler: NonNullable<DynamoDBClientConfig['requestHandler']>): Chain {
  const chain = defaultProvider({ clientConfig: { requestHandler, maxAttempts: 1 } });
  return async (options) => {
    try {
      const found = await chain(options);
      requireUsable(found, process.env);
      return found;
    } catch (error) {
      throw await credentialsError(error, process.env);
    }
  };
}
