import { isPortFree } from './free-port.ts';
import type { LocalService, ServiceOptions } from './service.ts';
import { PortTakenError } from './service.ts';
import { spawnServiceProcess, warnOfUnexpectedEnd } from './service-process.ts';

export interface FirestoreOptions extends ServiceOptions {}

export interface FirestoreService extends LocalService {
  /** `127.0.0.1:PORT`, as `FIRESTORE_EMULATOR_HOST` wants it. */
  readonly emulatorHost: string;
  readonly pid: number;
}

/** Starts an empty Firestore. Throws `PortTakenError` if the chosen port is taken. */
export async function startFirestore(options: FirestoreOptions = {}): Promise<FirestoreService> {
  const { port: chosenPort } = options;
  const { firestoreEmulatorMain } = await import('@migrator/firestore-emulator');
  const child = spawnServiceProcess({
    name: 'Firestore',
    program: firestoreEmulatorMain,
    args: ['--port', String(chosenPort ?? 0), '--exit-with-parent'],
    onUnexpectedEnd: options.onUnexpectedEnd ?? warnOfUnexpectedEnd,
  });
  try {
    const port = await child.read((line) => {
      const match = /^FIRESTORE_EMULATOR_HOST=127\.0\.0\.1:(\d+)$/.exec(line);
      return match ? Number(match[1]) : undefined;
    });
    return {
      host: '127.0.0.1',
      port,
      emulatorHost: `127.0.0.1:${port}`,
      pid: child.pid,
      stop: () => child.stop(),
      [Symbol.asyncDispose]: () => child.stop(),
    };
  } catch (error) {
    await child.stop();
    if (chosenPort !== undefined && !(await isPortFree(chosenPort))) {
      throw new PortTakenError('Firestore', chosenPort);
    }
    throw error;
  }
}
