import { randomUUID } from 'node:crypto';
import { deleteApp, initializeApp } from 'firebase-admin/app';
import { getFirestore, type Firestore } from 'firebase-admin/firestore';
import { vi } from 'vitest';
import { startFirestoreEmulator } from '../start-firestore-emulator.ts';

export interface AdminFirestore {
  readonly firestore: Firestore;
  readonly projectId: string;
  readonly port: number;
  close(): Promise<void>;
}

/** The stock firebase-admin against an emulator of its own, found through the environment as an application would. */
export async function openAdminFirestore(): Promise<AdminFirestore> {
  const emulator = await startFirestoreEmulator();
  vi.stubEnv('FIRESTORE_EMULATOR_HOST', `${emulator.host}:${emulator.port}`);
  const projectId = `test-${randomUUID()}`;
  const app = initializeApp({ projectId }, projectId);
  const firestore = getFirestore(app);
  return {
    firestore,
    projectId,
    port: emulator.port,
    async close() {
      await firestore.terminate();
      await deleteApp(app);
      await emulator.close();
      vi.unstubAllEnvs();
    },
  };
}
