import protobuf from 'protobufjs/minimal.js';
import {
  ARRAY_VALUE,
  DOCUMENT_FIELD,
  ELEMENT,
  ENTRY_KEY,
  ENTRY_VALUE,
  MAP_VALUE,
} from '../values/value-tags.ts';
import { elementPath, fieldPath } from '../values/field-path.ts';

/**
 * The path of the field that holds the byte at `offset`, such as `trades[3].x`; '' for none. Parses the document a
 * second time, so that the mapping need not keep track of paths.
 */
export function fieldPathAt(document: Uint8Array, offset: number): string {
  const reader = new protobuf.Reader(document);
  try {
    return placeInFields(reader, document.length, DOCUMENT_FIELD, offset, '');
  } catch {
    return '';
  }
}

function placeInFields(
  reader: protobuf.Reader,
  end: number,
  fieldTag: number,
  offset: number,
  parent: string,
): string {
  while (reader.pos < end) {
    const tag = reader.tag();
    if (tag !== fieldTag) {
      reader.skipType(tag & 7);
      continue;
    }
    const entryEnd = reader.size() + reader.pos;
    if (!holds(reader.pos, entryEnd, offset)) {
      reader.pos = entryEnd;
      continue;
    }
    return placeInEntry(reader, entryEnd, offset, parent);
  }
  return parent;
}

function placeInEntry(reader: protobuf.Reader, end: number, offset: number, parent: string): string {
  let name = '';
  let valueFrom = end;
  let valueTo = end;
  while (reader.pos < end) {
    const tag = reader.tag();
    if (tag === ENTRY_KEY) name = reader.string();
    else if (tag === ENTRY_VALUE) {
      const length = reader.size();
      valueFrom = reader.pos;
      valueTo = reader.pos + length;
      reader.skip(length);
    } else reader.skipType(tag & 7);
  }
  reader.pos = valueFrom;
  return pathInValue(reader, valueTo, offset, fieldPath(parent, name));
}

function pathInValue(reader: protobuf.Reader, end: number, offset: number, place: string): string {
  try {
    while (reader.pos < end) {
      const tag = reader.tag();
      if (tag !== MAP_VALUE && tag !== ARRAY_VALUE) {
        reader.skipType(tag & 7);
        continue;
      }
      const to = reader.size() + reader.pos;
      if (holds(reader.pos, to, offset)) {
        return tag === MAP_VALUE
          ? placeInFields(reader, to, ELEMENT, offset, place)
          : placeInArray(reader, to, offset, place);
      }
      reader.pos = to;
    }
  } catch {
    // Malformed from here on: return the path so far.
  }
  return place;
}

function placeInArray(reader: protobuf.Reader, end: number, offset: number, place: string): string {
  for (let index = 0; reader.pos < end; index++) {
    if (reader.tag() !== ELEMENT) return place;
    const to = reader.size() + reader.pos;
    if (holds(reader.pos, to, offset)) return pathInValue(reader, to, offset, elementPath(place, index));
    reader.pos = to;
  }
  return place;
}

/**
 * The end counts as inside, because an empty value has no other byte. Adjacent ranges never touch: a tag separates
 * them.
 */
function holds(from: number, to: number, offset: number): boolean {
  return from <= offset && offset <= to;
}
