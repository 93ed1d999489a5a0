import { compareLists, compareNames, compareUtf8 } from '../names/compare-ids.ts';
import type { FirestoreValue } from './value.ts';

/** The rank of a kind in Firestore's order; integers and doubles are one kind. */
const ranks: Record<FirestoreValue['kind'], number> = {
  null: 0,
  boolean: 1,
  integer: 2,
  double: 2,
  timestamp: 3,
  string: 4,
  bytes: 5,
  reference: 6,
  geoPoint: 7,
  array: 8,
  vector: 9,
  map: 10,
  unknown: 11,
};

/** Whether two values are of kinds that range filters compare with each other. */
export function comparable(a: FirestoreValue, b: FirestoreValue): boolean {
  return ranks[a.kind] === ranks[b.kind];
}

/** Orders numbers exactly, an integer with a double too; NaN is the smallest and equals itself. */
function compareNumbers(a: number | bigint, b: number | bigint): number {
  if (a < b) return -1;
  if (a > b) return 1;
  const leftIsNaN = typeof a === 'number' && Number.isNaN(a);
  const rightIsNaN = typeof b === 'number' && Number.isNaN(b);
  if (leftIsNaN === rightIsNaN) return 0;
  return leftIsNaN ? -1 : 1;
}

function sortedEntries(fields: ReadonlyMap<string, FirestoreValue>): [string, FirestoreValue][] {
  return [...fields].toSorted(([a], [b]) => compareUtf8(a, b));
}

function compareMaps(a: ReadonlyMap<string, FirestoreValue>, b: ReadonlyMap<string, FirestoreValue>): number {
  return compareLists(
    sortedEntries(a),
    sortedEntries(b),
    ([leftName, left], [rightName, right]) => compareUtf8(leftName, rightName) || compareValues(left, right),
  );
}

/** Firestore's order of values: by kind, then within the kind. 0 means equal, as a filter sees it (1 equals 1.0). */
export function compareValues(a: FirestoreValue, b: FirestoreValue): number {
  const rankOrder = ranks[a.kind] - ranks[b.kind];
  if (rankOrder !== 0) return rankOrder;
  switch (a.kind) {
    case 'null':
      return 0;
    case 'boolean':
      return b.kind === 'boolean' ? Number(a.value) - Number(b.value) : 0;
    case 'integer':
    case 'double':
      return b.kind === 'integer' || b.kind === 'double' ? compareNumbers(a.value, b.value) : 0;
    case 'timestamp':
      return b.kind === 'timestamp' ? compareNumbers(a.value, b.value) : 0;
    case 'string':
      return b.kind === 'string' ? compareUtf8(a.value, b.value) : 0;
    case 'bytes':
      return b.kind === 'bytes' ? Buffer.compare(a.value, b.value) : 0;
    case 'reference':
      return b.kind === 'reference' ? compareNames(a.value, b.value) : 0;
    case 'geoPoint':
      if (b.kind !== 'geoPoint') return 0;
      return compareNumbers(a.latitude, b.latitude) || compareNumbers(a.longitude, b.longitude);
    case 'array':
      return b.kind === 'array' ? compareLists(a.values, b.values, compareValues) : 0;
    case 'vector':
      if (b.kind !== 'vector') return 0;
      return a.values.length - b.values.length || compareLists(a.values, b.values, compareValues);
    case 'map':
      return b.kind === 'map' ? compareMaps(a.fields, b.fields) : 0;
    default:
      return b.kind === 'unknown' ? Buffer.compare(a.bytes, b.bytes) : 0;
  }
}

/** Whether two values are equal as a filter sees it. */
export function equalValues(a: FirestoreValue, b: FirestoreValue): boolean {
  return compareValues(a, b) === 0;
}
