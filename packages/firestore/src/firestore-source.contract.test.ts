import { randomUUID } from 'node:crypto';
import { fillFirestore } from '@migrator/devkit';
import { describeSourceContract } from '@migrator/devkit/contracts';
import { inject } from 'vitest';
import { createFirestoreSource } from './index.ts';

describeSourceContract('FirestoreSource', async (users) => {
  const env = { ...inject('services'), GOOGLE_CLOUD_PROJECT: `demo-${randomUUID()}` };
  await fillFirestore(users, env);
  return await createFirestoreSource({
    emulatorHost: env.FIRESTORE_EMULATOR_HOST,
    projectId: env.GOOGLE_CLOUD_PROJECT,
  });
});
