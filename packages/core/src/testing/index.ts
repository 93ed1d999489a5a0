export { type ArbitraryEntry, documentId, fieldName, firestoreEntry, firestoreValue } from './arbitraries.ts';
export { encodeDocument } from './encode-document.ts';
export { firestoreMessage } from './firestore-protos.ts';
export type { JsonDocument, JsonDouble, JsonFields, JsonValue } from './firestore-json.ts';
export { plainItem } from './plain-item.ts';
export { runs } from './runs.ts';
export { anyShuffle, type Shuffle } from './shuffle-item.ts';
