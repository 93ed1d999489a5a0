import type { Fakes } from '../processes/fakes.ts';

/** What points a client at the fake services; the values are those of no account. */
export function clientEnvironment(
  fakes: Fakes,
  options: { projectId?: string; keep?: boolean } = {},
): NodeJS.ProcessEnv {
  return {
    FIRESTORE_EMULATOR_HOST: fakes.firestoreHost,
    GOOGLE_CLOUD_PROJECT: options.projectId,
    AWS_ENDPOINT_URL_DYNAMODB: options.keep === true ? fakes.keepingEndpoint : fakes.discardingEndpoint,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'bench',
    AWS_SECRET_ACCESS_KEY: 'bench',
    // Both SDKs would look for a cloud around them, which takes seconds where there is none.
    METADATA_SERVER_DETECTION: 'none',
    AWS_EC2_METADATA_DISABLED: 'true',
  };
}
