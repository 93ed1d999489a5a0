import { type LocalService, type ServiceOptions, startService } from './service.ts';

export interface FirestoreOptions extends ServiceOptions {}

export interface FirestoreService extends LocalService {
  /** `127.0.0.1:PORT`, as `FIRESTORE_EMULATOR_HOST` wants it. */
  readonly emulatorHost: string;
  readonly pid: number;
}

/** Starts an empty Firestore. Throws `PortTakenError` if the chosen port is taken. */
export async function startFirestore(options: FirestoreOptions = {}): Promise<FirestoreService> {
  const { firestoreEmulatorMain } = await import('@migrator/firestore-emulator');
  const service = await startService(
    { name: 'Firestore', main: firestoreEmulatorMain },
    options,
    /^FIRESTORE_EMULATOR_HOST=127\.0\.0\.1:(\d+)$/,
  );
  return { ...service, emulatorHost: `127.0.0.1:${service.port}` };
}
