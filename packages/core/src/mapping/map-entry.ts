import { isUtf8 } from 'node:buffer';
import { dateKey, isStorableKey, maxDateKeyBytes } from '../date-key.ts';
import { containerSize, elementSize, maxItemBytes } from '../item-size.ts';
import type { SourceEntry } from '../ports/source.ts';
import { DOCUMENT_FIELD, kindNames } from '../values/value-tags.ts';
import { compressData } from './compress-data.ts';
import { defaultedFields, indexOfName, ORDINARY, RESERVED_NAME, reservedFields } from './defaulted-fields.ts';
import { closeMetadata, openItem, openMetadata } from './item-frame.ts';
import { constant, put } from './json-text.ts';
import { mapNamedValue, mapValue, VECTOR } from './map-value.ts';
import type { FieldWarning, MappedEntry, MappingOptions } from './mapped-entry.ts';
import { ItemEncoder } from './item-encoder.ts';
import { openElement, openEntry } from './read-document.ts';
import { fieldPathAt } from './field-path-at.ts';
import { malformed, MappingError } from './mapping-error.ts';

const COMMA = 0x2c;
const noWarnings: readonly FieldWarning[] = [];
const openSource = constant(',"source":{"M":{');
const closeMap = constant('}}');
const ownNamesJson = reservedFields.map((name) => constant(`"${name}":`));
const ifMissing = defaultedFields.map((field) => constant(`,"${field.name}":${field.ifMissing}`));

const pass = new ItemEncoder();

/**
 * Maps one entry's bytes to its DynamoDB item in one pass, without intermediate JavaScript values. Never throws for
 * an entry's content: one that can't be an item is a result with `ok: false`.
 */
export function mapEntry(entry: SourceEntry, options: MappingOptions): MappedEntry {
  const key = dateKey(entry);
  if (!isStorableKey(key)) return keyTooLong(key);
  try {
    pass.start(entry.document, entry.userId.length + entry.date.length);
    return mapDocument(entry, key, options);
  } catch (error) {
    return failedMapping(entry, error);
  } finally {
    pass.end();
  }
}

function mapDocument(entry: SourceEntry, key: string, options: MappingOptions): MappedEntry {
  openItem(pass, entry);
  const fieldsFrom = pass.at;
  const warnings = mapFields();
  const fieldsTo = pass.at;
  openMetadata(pass, options.migratedAt, entry.updateTime);
  const sourceFrom = pass.at;
  mapReservedFields();
  const sourceTo = pass.at;
  closeMetadata(pass, options.migratedAt);
  // Strings were copied unchecked. All else in the output is ASCII, so one check of the whole covers each of them.
  if (pass.textBits >= 0x80 && !isUtf8(pass.bytes.subarray(0, pass.at))) {
    throw malformed(-1, 'a string or a name in it is not UTF-8');
  }

  const compressed = pass.size > maxItemBytes && options.oversize === 'gzip';
  const plainSize = pass.size;
  if (compressed) {
    const fields = { from: fieldsFrom, to: fieldsTo };
    compressData(pass, entry, options, fields, { from: sourceFrom, to: sourceTo });
  }
  if (pass.size > maxItemBytes) return itemTooLarge(plainSize, compressed);
  return {
    ok: true,
    item: {
      userId: entry.userId,
      date: entry.date,
      dateKey: key,
      migratedAt: options.migratedAt,
      originalTimestamp: entry.updateTime,
      json: pass.take(options.arena),
      size: pass.size,
    },
    encodedAsText: pass.encodedAsText,
    textAt: pass.textAt,
    warnings,
    compressed,
  };
}

/**
 * Writes every field of the document, and defaults for the missing ones. Notes the ranges of fields with reserved
 * names.
 */
function mapFields(): readonly FieldWarning[] {
  const { input, reader, ownFrom, ownTo } = pass;
  let present = 0;
  let warnings: FieldWarning[] | undefined;
  let at = 0;
  while (at < input.length) {
    const entryEnd = openElement(pass, at, input.length, DOCUMENT_FIELD);
    if (entryEnd === 0) {
      // The document's name and times, and any field that Google adds later.
      reader.pos = at;
      const tag = reader.tag();
      reader.skipType(tag & 7, 0, tag >>> 3);
      at = reader.pos;
      continue;
    }
    at = entryEnd;
    const valueEnd = openEntry(pass, pass.from, entryEnd);
    const index = indexOfName(input, pass.keyFrom, pass.keyTo);
    if (index >= RESERVED_NAME) {
      ownFrom[index - RESERVED_NAME] = pass.valueFrom;
      ownTo[index - RESERVED_NAME] = valueEnd;
    } else {
      pass.bytes[pass.at++] = COMMA;
      const kind = mapNamedValue(pass, valueEnd);
      if (index !== ORDINARY) {
        present |= 1 << index;
        const { name: field, expected, kind: expectedKind } = defaultedFields[index]!;
        if (kind !== expectedKind) (warnings ??= []).push({ field, expected, found: kindName(kind) });
      }
    }
  }
  for (let index = 0; index < defaultedFields.length; index++) {
    if ((present & (1 << index)) !== 0) continue;
    put(pass, ifMissing[index]!);
    pass.size += defaultedFields[index]!.name.length + elementSize + containerSize;
  }
  return warnings ?? noWarnings;
}

/** Firestore's name of a kind that `mapValue` returned. */
function kindName(kind: number): string {
  return kind === VECTOR ? 'vector' : (kindNames.get(kind) ?? `field ${kind >>> 3}`);
}

/** Writes `,"source":{"M":{…}}` if the entry has fields with reserved names. */
function mapReservedFields(): void {
  const { ownFrom, ownTo } = pass;
  let count = 0;
  for (let index = 0; index < reservedFields.length; index++) {
    const from = ownFrom[index]!;
    if (from < 0) continue;
    if (count++ > 0) pass.bytes[pass.at++] = COMMA;
    else put(pass, openSource);
    put(pass, ownNamesJson[index]!);
    pass.size += reservedFields[index]!.length + elementSize;
    // Inside `data`, `metadata` and `source`.
    pass.depth = 3;
    mapValue(pass, from, ownTo[index]!);
  }
  if (count === 0) return;
  put(pass, closeMap);
  pass.size += 'source'.length + elementSize + containerSize;
}

function keyTooLong(key: string): MappedEntry {
  return {
    ok: false,
    code: 'KEY_TOO_LONG',
    message:
      `The key "${key.slice(0, 60)}…" has ${Buffer.byteLength(key)} bytes; DynamoDB takes ${maxDateKeyBytes} in a ` +
      'partition key. Shorten the document id or the user id in Firestore and run again.',
  };
}

function itemTooLarge(size: number, compressed: boolean): MappedEntry {
  return {
    ok: false,
    code: 'ITEM_TOO_LARGE',
    message:
      `The item has ${size} bytes; DynamoDB takes ${maxItemBytes} (400 KB)` +
      (compressed
        ? ', and compressed it is still larger. Split or trim the entry in Firestore and run again.'
        : '. Set OVERSIZE=gzip to have such items compressed, or split or trim the entry in Firestore, and run again.'),
  };
}

function failedMapping(entry: SourceEntry, error: unknown): MappedEntry {
  if (error instanceof MappingError && error.code === 'UNSUPPORTED_VALUE') {
    const place = fieldPathAt(entry.document, error.offset);
    return {
      ok: false,
      code: error.code,
      message:
        `The field ${place === '' ? '(unknown)' : place} ${error.message}. ` +
        'Change or remove it in Firestore and run again.',
    };
  }
  // Any other error is a bug and must not be reported as a malformed document.
  const ofReader = error instanceof RangeError || (error instanceof Error && error.constructor === Error);
  if (!(error instanceof MappingError) && !ofReader) throw error;
  const place =
    error instanceof MappingError && error.offset >= 0 ? fieldPathAt(entry.document, error.offset) : '';
  return {
    ok: false,
    code: 'MALFORMED_DOCUMENT',
    message:
      `The document can't be read: ${error.message}${place === '' ? '' : ` (in ${place})`}. ` +
      'Read it with another Firestore client; if that works, please report a bug with the document.',
  };
}
