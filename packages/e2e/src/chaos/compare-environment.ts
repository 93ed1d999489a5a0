import { compareSourceAndTarget, type Comparison } from './compare-source-and-target.ts';
import type { OpenChaosEnvironment } from './open-environment.ts';

/** Compares a environment's services themselves, behind all proxies. */
export async function compareEnvironment(
  { services }: OpenChaosEnvironment,
  migratedAt: string,
): Promise<Comparison> {
  // Where Google's SDK looks for them.
  const { METADATA_SERVER_DETECTION, FIRESTORE_EMULATOR_HOST } = services.env;
  Object.assign(process.env, { METADATA_SERVER_DETECTION, FIRESTORE_EMULATOR_HOST });
  const { endpoint, region, tableName } = services.dynamodb;
  return compareSourceAndTarget(
    { projectId: services.env.GOOGLE_CLOUD_PROJECT, dynamoDbEndpoint: endpoint, region, tableName },
    migratedAt,
  );
}
