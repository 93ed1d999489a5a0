import { parseArgs } from 'node:util';
import { startFirestoreEmulator } from './start-firestore-emulator.ts';

/*
 * Flag: --port N (0 or none: a free one). Prints FIRESTORE_EMULATOR_HOST=host:port when it listens.
 */
const { values: flags } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
  },
});

const port = Number(flags.port);
if (!/^\d+$/.test(flags.port) || port > 65_535) {
  process.stderr.write(`--port is "${flags.port}"; it must be a number from 0 to 65535.\n`);
  process.exit(2);
}

const emulator = await startFirestoreEmulator({ port });

async function end(): Promise<never> {
  await emulator.close();
  process.exit(0);
}

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.on(signal, () => {
    void end();
  });
}

process.stderr.write(
  "This is a local stand-in for Cloud Firestore for tests and demos. It is not Google's emulator, and it keeps nothing.\n",
);
process.stdout.write(`FIRESTORE_EMULATOR_HOST=${emulator.host}:${emulator.port}\n`);
