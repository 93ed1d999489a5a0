import { compareSourceAndTarget, type Comparison } from './compare-source-and-target.ts';
import type { OpenChaosEnvironment } from './open-environment.ts';

/** Compares an environment's services themselves, behind all proxies. */
export async function compareEnvironment(
  { env }: OpenChaosEnvironment,
  migratedAt: string,
): Promise<Comparison> {
  // Where Google's SDK looks for them.
  const { METADATA_SERVER_DETECTION, FIRESTORE_EMULATOR_HOST } = env;
  Object.assign(process.env, { METADATA_SERVER_DETECTION, FIRESTORE_EMULATOR_HOST });
  return compareSourceAndTarget(
    {
      projectId: env.GOOGLE_CLOUD_PROJECT,
      dynamoDbEndpoint: env.AWS_ENDPOINT_URL_DYNAMODB,
      region: env.AWS_REGION,
      tableName: env.DYNAMODB_TABLE,
    },
    migratedAt,
  );
}
