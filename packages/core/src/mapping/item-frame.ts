import { containerSize, elementSize } from '../item-size.ts';
import type { EntryRef } from '../ports/source.ts';
import { constant, put, putText } from './json-text.ts';
import type { MappingPass } from './mapping-pass.ts';

/**
 * What is the same in every item, whole or compressed, in the order it is written: `openItem`, the fields of `data`,
 * `openStamp`, what else `metadata` holds, `closeStamp`.
 */

const openKey = constant('{"dateKey":{"S":"');
const openData = constant('"},"data":{"M":{"userId":{"S":"');
const openDate = constant('"},"date":{"S":"');
const closeText = constant('"}');
const openMetadata = constant(',"metadata":{"M":{"migratedFrom":{"S":"firestore"},"migratedAt":{"S":"');
const openOriginal = constant('"},"originalTimestamp":{"S":"');
const closeData = constant('}}}},"updatedAt":{"S":"');
const closeItem = constant('"}}');

const openItemSize =
  'dateKey'.length +
  ('data'.length + containerSize) +
  ('userId'.length + elementSize) +
  ('date'.length + elementSize);
const openStampSize =
  'metadata'.length +
  elementSize +
  containerSize +
  ('migratedFrom'.length + elementSize + 'firestore'.length) +
  ('migratedAt'.length + elementSize) +
  ('originalTimestamp'.length + elementSize);

/** `{"dateKey":…,"data":{"M":{"userId":…,"date":…` */
export function openItem(pass: MappingPass, ref: EntryRef, key: string): void {
  pass.at = 0;
  put(pass, openKey);
  pass.size = openItemSize + putText(pass, key);
  put(pass, openData);
  pass.size += putText(pass, ref.userId);
  put(pass, openDate);
  pass.size += putText(pass, ref.date);
  put(pass, closeText);
}

/** `,"metadata":{"M":{"migratedFrom":…,"migratedAt":…,"originalTimestamp":…` */
export function openStamp(pass: MappingPass, migratedAt: string, originalTimestamp: string): void {
  put(pass, openMetadata);
  pass.size += openStampSize + putText(pass, migratedAt);
  put(pass, openOriginal);
  pass.size += putText(pass, originalTimestamp);
  put(pass, closeText);
}

/** `}}}},"updatedAt":…}` */
export function closeStamp(pass: MappingPass, migratedAt: string): void {
  put(pass, closeData);
  pass.size += 'updatedAt'.length + putText(pass, migratedAt);
  put(pass, closeItem);
}
