import type { OnRetry } from '@migrator/core';

export interface FirestoreSourceOptions {
  /** Absent: the project of the credentials. */
  readonly projectId?: string;
  readonly databaseId?: string;
  readonly usersCollection?: string;
  readonly journalCollection?: string;
  /** `host:port` of a local Firestore: no TLS, no credentials. */
  readonly emulatorHost?: string;
  /** A service account's key file. Absent: Google's application default credentials. */
  readonly keyFile?: string;
  readonly onRetry?: OnRetry;
}
