import type { LocalServices, LocalServicesOptions } from '../start-local-services.ts';
import { startServices } from '../start-local-services.ts';
import { startDynamoDbLocal } from './dynamodb-local.ts';
import { findDynamoDbLocal, logToStderr } from './dynamodb-local-files.ts';
import { findJava } from './find-java.ts';
import { findFirestoreJar, startGoogleFirestore } from './google-firestore.ts';
import { VendorsMissingError } from './vendors-missing-error.ts';

/**
 * Starts Redis with the vendors' own engines: Google's Firestore emulator and Amazon's DynamoDB Local. Throws
 * `VendorsMissingError` with all that this machine lacks for them.
 */
export async function startVendorServices(options: LocalServicesOptions = {}): Promise<LocalServices> {
  await requireVendors();
  return await startServices(options, { dynamodb: startDynamoDbLocal, firestore: startGoogleFirestore });
}

/** Finds or downloads all that the vendors' engines need. Throws `VendorsMissingError` with all that is missing. */
export async function requireVendors(env: NodeJS.ProcessEnv = process.env): Promise<void> {
  const found = await Promise.allSettled([findJava(env), findFirestoreJar(env)]);
  // Not worth its download if another part is missing.
  if (found.every(({ status }) => status === 'fulfilled')) {
    await findDynamoDbLocal({ env, notice: logToStderr });
    return;
  }
  const sentences: string[] = [];
  for (const one of found) {
    if (one.status === 'fulfilled') continue;
    if (!(one.reason instanceof VendorsMissingError)) throw one.reason;
    sentences.push(...one.reason.sentences);
  }
  throw new VendorsMissingError(sentences);
}
