import type { Config } from '@migrator/config';
import { createDynamoDbTarget } from '@migrator/dynamodb-target';
import { defaultPaging, type EngineContext } from '@migrator/engine';
import { createFirestoreSource } from '@migrator/firestore-source';
import pLimit from 'p-limit';

/** An engine's context but for its ledger: the source, the target and how to go about it. */
export interface Services extends Omit<EngineContext, 'ledger'> {
  close(): Promise<void>;
}

/** Firestore and DynamoDB as the configuration has them. Connects to nothing yet. */
export async function openServices(config: Config): Promise<Services> {
  const { google, aws, migration } = config;
  const source = await createFirestoreSource(google);
  const target = createDynamoDbTarget({ ...aws, writeConcurrency: migration.writeConcurrency });
  return {
    source,
    target,
    settings: {
      ...defaultPaging,
      names: { users: google.usersCollection, journal: google.journalCollection },
      writeMode: migration.writeMode,
      oversize: migration.oversize,
      prices: config.prices,
    },
    limitWrites: pLimit(migration.writeConcurrency),
    async close() {
      await Promise.allSettled([source.close(), target.close()]);
    },
  };
}
