// In the place of Google's emulator, in a container of the tests: our own.
import { startFirestoreEmulator } from '@migrator/firestore-emulator';

const emulator = await startFirestoreEmulator({ host: '0.0.0.0', port: 8080 });
process.once('SIGTERM', () => {
  void emulator.close().finally(() => process.exit(0));
});
