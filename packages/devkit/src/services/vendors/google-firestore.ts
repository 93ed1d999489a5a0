import { existsSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { findProgram } from '../find-program.ts';
import type { FirestoreOptions, FirestoreService } from '../firestore.ts';
import { findJava } from './find-java.ts';
import { startJavaService } from './java-service.ts';
import { VendorsMissingError } from './vendors-missing-error.ts';

const jarBelowSdk = join('platform', 'cloud-firestore-emulator', 'cloud-firestore-emulator.jar');
const usualSdks = [
  // Debian's packages of Google's repository, then snap, Homebrew and the archive for Linux and macOS.
  '/usr/lib/google-cloud-sdk',
  '/usr/share/google-cloud-sdk',
  '/snap/google-cloud-cli/current',
  '/opt/homebrew/share/google-cloud-sdk',
  '/usr/local/share/google-cloud-sdk',
  '/usr/local/google-cloud-sdk',
];

/** The jar of Google's Firestore emulator. Throws `VendorsMissingError` if there is none. */
export async function findFirestoreJar(env: NodeJS.ProcessEnv): Promise<string> {
  const named = env['FIRESTORE_EMULATOR_JAR'];
  if (named) {
    if (existsSync(named)) return named;
    throw new VendorsMissingError([`FIRESTORE_EMULATOR_JAR names "${named}", which does not exist.`]);
  }
  const gcloud = await findProgram('gcloud', env['PATH']);
  const sdks = [
    env['CLOUDSDK_ROOT_DIR'],
    ...usualSdks,
    join(env['HOME'] || homedir(), 'google-cloud-sdk'),
    gcloud === undefined ? undefined : dirname(dirname(await realpath(gcloud))),
  ];
  for (const sdk of sdks) {
    if (sdk && existsSync(join(sdk, jarBelowSdk))) return join(sdk, jarBelowSdk);
  }
  throw new VendorsMissingError([
    "Google's Firestore emulator is missing: install it (gcloud components install cloud-firestore-emulator; Debian, " +
      "Ubuntu with Google's repository: apt-get install google-cloud-cli-firestore-emulator) or set FIRESTORE_EMULATOR_JAR " +
      'to its jar.',
  ]);
}

/** Starts Google's own Firestore emulator, empty, on 127.0.0.1. Throws `VendorsMissingError`, `PortTakenError`. */
export async function startGoogleFirestore(options: FirestoreOptions = {}): Promise<FirestoreService> {
  const java = await findJava(process.env);
  const jar = await findFirestoreJar(process.env);
  const service = await startJavaService(
    {
      name: "Google's Firestore emulator",
      java,
      args: (port) => [
        '-Xmx1500m',
        '-XX:-UsePerfData',
        '-Duser.language=en',
        '-cp',
        jar,
        'com.google.cloud.datastore.emulator.firestore.CloudFirestore',
        'start',
        '--host=127.0.0.1',
        `--port=${port}`,
      ],
    },
    options,
  );
  return { ...service, emulatorHost: `127.0.0.1:${service.port}` };
}
