import { constant } from './item-text.ts';

/** How the frame of an item, which is alike in all, begins its attributes in DynamoDB's JSON. */
export const dateKeyIs = constant('"dateKey":{"S":"');
export const updatedAtIs = constant('"updatedAt":{"S":"');
export const dataIs = constant('"data":{"M":{');
export const userIdIs = constant('"userId":{"S":"');
export const dateIs = constant('"date":{"S":"');
export const metadataIs = constant('"metadata":{"M":{');
export const isFromFirestore = constant('"migratedFrom":{"S":"firestore"}');
export const migratedAtIs = constant('"migratedAt":{"S":"');
export const originalTimestampIs = constant('"originalTimestamp":{"S":"');
