export { createFirestoreSource } from './firestore-source.ts';
