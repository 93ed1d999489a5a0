import type { SourceEntry } from '../ports/source.ts';
import type { StoredItem } from '../ports/target.ts';
import { mergeUnpacked, unpackItem } from '../values/expand-item.ts';
import { fieldPath } from '../values/field-path.ts';
import { mapOf, storedField, textOf } from '../values/stored-attribute.ts';
import { contractDefaults, contractNames } from './contract-fields.ts';
import { decodeDocument, unreadable } from './decode-document.ts';
import { diffAttribute, Differences, type FieldDifference } from './diff-attribute.ts';
import { type ExpectedAttribute, expectedAttribute } from './expected-attribute.ts';

export interface EntryDiff {
  /** The first differences, at most `limit`. Empty: the item is an exact copy, of any run. */
  readonly differences: readonly FieldDifference[];
  /**
   * False if `metadata.originalTimestamp` is not the entry's update time, because it has changed in Firestore since.
   */
  readonly sameVersion: boolean;
}

const noFields: StoredItem = {};
const emptyValues = {
  '{"L":[]}': { L: [], whole: '{"L":[]}' },
  '{"M":{}}': { M: new Map(), whole: '{"M":{}}' },
} as const satisfies { readonly [whole: string]: ExpectedAttribute };
const reservedFields: ReadonlySet<string> = new Set(contractNames);

/**
 * The fields in which a stored item differs from what the contract requires for the entry: missing, extra, another
 * type or number. Shares no code with the mapping, so that it finds the mapping's mistakes too. Ignores which run
 * wrote the item. Never throws: an entry that can't be decoded is a difference.
 *
 * Written for clarity, not speed: `isExactCopy` decides nearly all items.
 */
export function diffEntry(entry: SourceEntry, stored: StoredItem, limit = 10): EntryDiff {
  const found = new Differences(limit);
  try {
    const item = plainItem(found, stored);
    diffAttribute(found, '', expectedItem(entry, item), { M: item });
  } catch (error) {
    found.note('data', { words: unreadable(error) }, undefined);
  }
  const original = textOf(storedField(metadataOf(stored), 'originalTimestamp'));
  return { differences: found.list, sameVersion: original === entry.updateTime };
}

/** The expected item, with the `migratedAt` of the stored one. */
function expectedItem(entry: SourceEntry, item: StoredItem): ExpectedAttribute {
  const document = decodeDocument(entry.document);
  const database = /^projects\/[^/]*\/databases\/[^/]*\/documents\//.exec(document.name)?.[0] ?? '';
  const fields = new Map<string, ExpectedAttribute>();
  const source = new Map<string, ExpectedAttribute>();
  for (const [name, value] of document.fields) {
    (reservedFields.has(name) ? source : fields).set(name, expectedAttribute(value, database));
  }
  for (const [name, value] of Object.entries(contractDefaults)) {
    if (!fields.has(name)) fields.set(name, emptyValues[value]);
  }

  const migratedAt = textOf(storedField(metadataOf(item), 'migratedAt'));
  const runTime = migratedAt === undefined ? { words: 'the time of the run' } : { S: migratedAt };
  const metadata = new Map<string, ExpectedAttribute>([
    ['migratedFrom', { S: 'firestore' }],
    ['originalTimestamp', { S: entry.updateTime }],
    ['migratedAt', runTime],
  ]);
  if (source.size > 0) metadata.set('source', { M: source });
  const data = new Map<string, ExpectedAttribute>([
    ['userId', { S: entry.userId }],
    ['date', { S: entry.date }],
    ...fields,
    ['metadata', { M: metadata }],
  ]);
  return {
    M: new Map<string, ExpectedAttribute>([
      ['dateKey', { S: `journal_${entry.userId}_${entry.date}` }],
      ['updatedAt', runTime],
      ['data', { M: data }],
    ]),
  };
}

/** The item with its compressed part unpacked. Records faults of the compressed form. */
function plainItem(found: Differences, stored: StoredItem): StoredItem {
  const data = mapOf(storedField(stored, 'data'));
  if (data === undefined || storedField(metadataOf(stored), 'encoding') === undefined) return stored;
  let unpacked: StoredItem | undefined;
  try {
    unpacked = unpackItem(stored);
  } catch {
    // Recorded as a difference below.
  }
  if (unpacked === undefined) {
    const expected = { words: 'the gzip of its other fields' };
    found.note('data.compressed', expected, storedField(data, 'compressed'));
    return stored;
  }
  // No field may be both outside the compressed part and in it, or one of the two would not be compared.
  for (const name of Object.keys(unpacked)) {
    const outer = name === 'compressed' || name === 'metadata' ? undefined : storedField(data, name);
    if (outer !== undefined) found.note(fieldPath('data', name), undefined, outer);
  }
  const inner = storedField(unpacked, 'metadata');
  if (inner !== undefined) {
    const names = Object.keys(mapOf(inner) ?? noFields);
    const outer = storedField(metadataOf(stored), 'source');
    if (names.length !== 1 || names[0] !== 'source' || outer !== undefined) {
      found.note('data.compressed', { words: 'of the metadata only what is its source' }, inner);
    }
  }
  return mergeUnpacked(stored, unpacked);
}

function metadataOf(item: StoredItem): StoredItem {
  const data = mapOf(storedField(item, 'data')) ?? noFields;
  return mapOf(storedField(data, 'metadata')) ?? noFields;
}
