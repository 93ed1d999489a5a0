export { type ArbitraryEntry, documentId, fieldName, firestoreEntry, firestoreValue } from './arbitraries.ts';
export { encodeDocument } from './encode-document.ts';
export type { JsonDocument, JsonDouble, JsonFields, JsonValue } from './firestore-json.ts';
export { runs } from './runs.ts';
