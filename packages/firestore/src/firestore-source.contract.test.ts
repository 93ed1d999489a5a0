import { randomUUID } from 'node:crypto';
import { fillFirestore } from '@migrator/devkit';
import { describeSourceContract } from '@migrator/devkit/contracts';
import { inject } from 'vitest';
import { createFirestoreSource } from './index.ts';

describeSourceContract('FirestoreSource', async (users) => {
  const where = {
    emulatorHost: inject('services').FIRESTORE_EMULATOR_HOST,
    projectId: `demo-${randomUUID()}`,
  };
  await fillFirestore(users, where);
  return await createFirestoreSource(where);
});
