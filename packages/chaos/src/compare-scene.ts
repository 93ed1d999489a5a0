import { compareEnds, type Comparison } from './compare-ends.ts';
import type { OpenScene } from './open-scene.ts';

/** Compares a scene's services themselves, behind all proxies. */
export async function compareScene({ services }: OpenScene, migratedAt: string): Promise<Comparison> {
  // Where Google's SDK looks for them.
  const { METADATA_SERVER_DETECTION, FIRESTORE_EMULATOR_HOST } = services.env;
  Object.assign(process.env, { METADATA_SERVER_DETECTION, FIRESTORE_EMULATOR_HOST });
  const { endpoint, region, tableName } = services.dynamodb;
  return compareEnds(
    { projectId: services.env.GOOGLE_CLOUD_PROJECT, dynamoDbEndpoint: endpoint, region, tableName },
    migratedAt,
  );
}
