import { decodeValue, type FirestoreValue } from './value.ts';

const nameOverhead = 16;
const documentOverhead = 32;

function textSize(text: string): number {
  return Buffer.byteLength(text) + 1;
}

/** How large Firestore counts the name of a document, given the ids below `documents`. */
function nameSize(segments: readonly string[]): number {
  return segments.reduce((sum, segment) => sum + textSize(segment), nameOverhead);
}

function sizeOf(value: FirestoreValue): number {
  switch (value.kind) {
    case 'null':
    case 'boolean':
      return 1;
    case 'integer':
    case 'double':
    case 'timestamp':
      return 8;
    case 'string':
      return textSize(value.value);
    case 'bytes':
      return value.value.length;
    case 'reference':
      return nameSize(value.value.split('/').slice(5));
    case 'geoPoint':
      return 16;
    case 'array':
    case 'vector':
      return value.values.reduce((sum, item) => sum + sizeOf(item), 0);
    case 'map': {
      let sum = 0;
      for (const [name, item] of value.fields) sum += textSize(name) + sizeOf(item);
      return sum;
    }
    default:
      return value.bytes.length;
  }
}

/** The size of a document in bytes as Firestore counts it against its limit of 1 MiB. */
export function documentSize(segments: readonly string[], fields: ReadonlyMap<string, Uint8Array>): number {
  let sum = nameSize(segments) + documentOverhead;
  for (const [name, value] of fields) sum += textSize(name) + sizeOf(decodeValue(value));
  return sum;
}
