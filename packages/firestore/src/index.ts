export { createFirestoreSource } from './firestore-source.ts';
export type { FirestoreSourceOptions } from './options.ts';
