import type { SourceEntry } from '../ports/source.ts';
import type { StoredAttribute, StoredItem } from '../ports/target.ts';
import { mergeUnpacked, unpackItem } from '../values/expand-item.ts';
import { listOf, mapOf, storedField, textOf } from '../values/stored-attribute.ts';
import { DOCUMENT_FIELD } from '../values/value-tags.ts';
import { compareValue } from './compare-value.ts';
import { ComparisonWalk } from './comparison-walk.ts';
import type { EntryComparison } from './entry-comparison.ts';
import { namesUpTo, noteExtra, openEntry } from './source-fields.ts';

export interface ComparisonOptions {
  /** At most so many differences are noted; 10 unless told otherwise. */
  readonly limit?: number;
}

const noFields: StoredItem = {};
/** What stands for a field that the entry lacks. */
const defaults: readonly { readonly name: string; readonly value: StoredAttribute }[] = [
  { name: 'trades', value: { L: [] } },
  { name: 'heatmap', value: { M: {} } },
  { name: 'performance', value: { M: {} } },
  { name: 'risk', value: { M: {} } },
  { name: 'summary', value: { M: {} } },
];
const allDefaults = (1 << defaults.length) - 1;

/**
 * Whether a stored item is exactly what the contract makes of an entry: every field, nothing besides, kinds and exact
 * numbers. Walks the document and the item side by side and shares nothing with the mapping, so that it finds the
 * mapping's mistakes too. Which run wrote the item does not matter. Never throws: an entry that can't be read is a
 * difference as well.
 */
export function compareEntry(
  entry: SourceEntry,
  stored: StoredItem,
  options: ComparisonOptions = {},
): EntryComparison {
  const walk = new ComparisonWalk(entry.document, options.limit ?? 10);
  const original = textOf(storedField(metadataOf(stored), 'originalTimestamp'));
  try {
    const item = plainItem(walk, stored);
    compareFrame(walk, entry, item);
    walk.enter('data');
    compareData(walk, entry, item);
    walk.leave();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    walk.differs(`an entry that can be read (${reason})`, undefined);
  }
  return { differences: walk.differences, sameVersion: original === entry.updateTime };
}

/** The item with its compressed part unpacked, after a look at the compressed form itself. */
function plainItem(walk: ComparisonWalk, stored: StoredItem): StoredItem {
  const data = mapOf(storedField(stored, 'data'));
  if (data === undefined || storedField(metadataOf(stored), 'encoding') === undefined) return stored;
  let unpacked: StoredItem | undefined;
  try {
    unpacked = unpackItem(stored);
  } catch {
    // Told as the difference it is, below.
  }
  if (unpacked === undefined) {
    differsInData(walk, 'the gzip of its other fields', storedField(data, 'compressed'), 'compressed');
    return stored;
  }
  // Nothing may stand both beside the compressed part and in it, or one of the two would be hidden here.
  for (const name of Object.keys(unpacked)) {
    const outer = name === 'compressed' ? undefined : storedField(data, name);
    if (name !== 'metadata' && outer !== undefined) differsInData(walk, undefined, outer, name);
  }
  const inner = storedField(unpacked, 'metadata');
  if (inner !== undefined) {
    const names = Object.keys(mapOf(inner) ?? noFields);
    const outer = storedField(metadataOf(stored), 'source');
    if (names.length !== 1 || names[0] !== 'source' || outer !== undefined) {
      differsInData(walk, 'of the metadata only what is its source', inner, 'compressed');
    }
  }
  return mergeUnpacked(stored, unpacked);
}

/** What stands beside `data`. */
function compareFrame(walk: ComparisonWalk, entry: SourceEntry, item: StoredItem): void {
  expectText(walk, item, 'dateKey', `journal_${entry.userId}_${entry.date}`);
  const migratedAt = storedField(metadataOf(item), 'migratedAt');
  const updatedAt = storedField(item, 'updatedAt');
  if (textOf(updatedAt) === undefined || textOf(updatedAt) !== textOf(migratedAt)) {
    walk.differs(migratedAt ?? 'the time of the run', updatedAt, 'updatedAt');
  }
  if (Object.keys(item).length !== 3) noteExtra(walk, item, new Set(['dateKey', 'data', 'updatedAt']));
}

function compareData(walk: ComparisonWalk, entry: SourceEntry, item: StoredItem): void {
  const stored = storedField(item, 'data');
  const data = mapOf(stored);
  if (data === undefined) return walk.differs('{"M":{…}}', stored);
  expectText(walk, data, 'userId', entry.userId);
  expectText(walk, data, 'date', entry.date);

  const { reader } = walk;
  const end = reader.len;
  const source = mapOf(storedField(metadataOf(item), 'source')) ?? noFields;
  let moved = 0;
  // userId, date and metadata.
  let count = 3;
  let missing = allDefaults;
  while (reader.pos < end) {
    const tag = reader.tag();
    if (tag !== DOCUMENT_FIELD) {
      reader.skipType(tag & 7, 0, tag >>> 3);
      continue;
    }
    const entryEnd = reader.size() + reader.pos;
    const name = openEntry(walk, entryEnd);
    if (name === 'userId' || name === 'date' || name === 'metadata') {
      compareMoved(walk, name, source);
      moved++;
    } else {
      missing &= ~defaultBit(name);
      walk.enter(name);
      compareValue(walk, walk.valueEnd, storedField(data, name));
      walk.leave();
      count++;
    }
    reader.pos = entryEnd;
  }
  if (reader.pos !== end) throw new RangeError('the document ends early');

  for (let i = 0; i < defaults.length; i++) {
    if ((missing & (1 << i)) === 0) continue;
    expectEmpty(walk, data, i);
    count++;
  }
  if (Object.keys(data).length !== count) noteExtraData(walk, data);
  compareMetadata(walk, entry, item, source, moved);
}

function compareMetadata(
  walk: ComparisonWalk,
  entry: SourceEntry,
  item: StoredItem,
  source: StoredItem,
  moved: number,
): void {
  const data = mapOf(storedField(item, 'data')) ?? noFields;
  const metadata = metadataOf(item);
  walk.enter('metadata');
  if (metadata === noFields) walk.differs('{"M":{…}}', storedField(data, 'metadata'));
  expectText(walk, metadata, 'migratedFrom', 'firestore');
  expectText(walk, metadata, 'originalTimestamp', entry.updateTime);
  // Any run's, but a time: `updatedAt` has been held against it.
  const migratedAt = storedField(metadata, 'migratedAt');
  if (textOf(migratedAt) === undefined) walk.differs('the time of the run', migratedAt, 'migratedAt');
  if (moved > 0 && Object.keys(source).length !== moved) {
    walk.enter('source');
    noteExtra(walk, source, ownFields(namesOf(walk)));
    walk.leave();
  }
  const expected = ['migratedFrom', 'migratedAt', 'originalTimestamp', ...(moved > 0 ? ['source'] : [])];
  if (Object.keys(metadata).length !== expected.length) noteExtra(walk, metadata, new Set(expected));
  walk.leave();
}

/** A field of the entry whose name `data` uses itself. */
function compareMoved(walk: ComparisonWalk, name: string, source: StoredItem): void {
  walk.enter('metadata');
  walk.enter('source');
  walk.enter(name);
  compareValue(walk, walk.valueEnd, storedField(source, name));
  walk.leave();
  walk.leave();
  walk.leave();
}

function expectText(walk: ComparisonWalk, fields: StoredItem, name: string, text: string): void {
  const actual = storedField(fields, name);
  if (textOf(actual) !== text) walk.differs({ S: text }, actual, name);
}

function expectEmpty(walk: ComparisonWalk, data: StoredItem, index: number): void {
  const { name, value } = defaults[index]!;
  const actual = storedField(data, name);
  const fields = 'L' in value ? listOf(actual) : mapOf(actual);
  if (fields === undefined || Object.keys(fields).length > 0) walk.differs(value, actual, name);
}

function defaultBit(name: string): number {
  for (let i = 0; i < defaults.length; i++) if (defaults[i]!.name === name) return 1 << i;
  return 0;
}

function noteExtraData(walk: ComparisonWalk, data: StoredItem): void {
  const expected = new Set([
    ...namesOf(walk),
    'userId',
    'date',
    'metadata',
    ...defaults.map(({ name }) => name),
  ]);
  noteExtra(walk, data, expected);
}

/** The names of the document's fields. */
function namesOf(walk: ComparisonWalk): Set<string> {
  walk.reader.pos = 0;
  return namesUpTo(walk, walk.reader.len, DOCUMENT_FIELD);
}

function ownFields(names: ReadonlySet<string>): Set<string> {
  return new Set(['userId', 'date', 'metadata'].filter((name) => names.has(name)));
}

function differsInData(
  walk: ComparisonWalk,
  expected: string | undefined,
  actual: StoredAttribute | undefined,
  name: string,
): void {
  walk.enter('data');
  walk.differs(expected, actual, name);
  walk.leave();
}

function metadataOf(item: StoredItem): StoredItem {
  const data = mapOf(storedField(item, 'data')) ?? noFields;
  return mapOf(storedField(data, 'metadata')) ?? noFields;
}
