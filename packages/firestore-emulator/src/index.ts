/**
 * A local stand-in for Cloud Firestore. It speaks the real gRPC protocol, so that the unmodified clients
 * (`firebase-admin`, `@google-cloud/firestore`, a raw gRPC client) work against it through `FIRESTORE_EMULATOR_HOST`.
 *
 * It is **not** Google's emulator. What is different from it and from the service:
 * - Documents are stored in memory only, until it ends.
 * - There are no listeners (`onSnapshot`), streaming writes, pipelines, nearest-neighbour queries, query explanations,
 *   security rules or REST interface. Such calls end with UNIMPLEMENTED and a message that names the feature.
 * - Only the newest version of a document is kept. A read at an earlier time is answered when nothing in the database
 *   has changed since, and is UNIMPLEMENTED otherwise; a read-only transaction sees each document as it is when read.
 * - Transactions are optimistic: a commit ends with ABORTED when something that it read has changed, and a query counts
 *   as changed when any collection with the same id has.
 * - Every query runs without an index, and no rate or request size is limited.
 *
 * `differential/*.vendors.test.ts` compare it with Google's emulator, if that is installed. both-firestores.ts lists the
 * differences.
 */
export { startFirestoreEmulator } from './start-firestore-emulator.ts';

/** The program that runs it as a process of its own: `node <path> [--port N]`. */
export const firestoreEmulatorMain: URL = new URL('./main.ts', import.meta.url);
