import {
  ARRAY_VALUE,
  BOOLEAN_VALUE,
  BYTES_VALUE,
  DOUBLE_VALUE,
  GEO_POINT_VALUE,
  INTEGER_VALUE,
  MAP_VALUE,
  NULL_VALUE,
  REFERENCE_VALUE,
  STRING_VALUE,
  TIMESTAMP_VALUE,
} from '../values/value-tags.ts';
import { VECTOR } from './map-value.ts';

const names = new Map<number, string>([
  [NULL_VALUE, 'null'],
  [BOOLEAN_VALUE, 'boolean'],
  [INTEGER_VALUE, 'integer'],
  [DOUBLE_VALUE, 'double'],
  [TIMESTAMP_VALUE, 'timestamp'],
  [STRING_VALUE, 'string'],
  [BYTES_VALUE, 'bytes'],
  [REFERENCE_VALUE, 'reference'],
  [GEO_POINT_VALUE, 'geo point'],
  [ARRAY_VALUE, 'array'],
  [MAP_VALUE, 'map'],
  [VECTOR, 'vector'],
]);

/** What a kind that `mapValue` returned is called in Firestore. */
export function kindName(kind: number): string {
  return names.get(kind) ?? `field ${kind >>> 3}`;
}
