import { ARRAY_VALUE, MAP_VALUE } from '../values/value-tags.ts';
import { latin } from './json-text.ts';
import { sameBytes } from './find-vector.ts';

/**
 * The fields that every item has. `ifMissing`: the default if the entry lacks it. `expected`: the type without a
 * warning.
 */
export const defaultedFields = [
  { name: 'trades', expected: 'array', kind: ARRAY_VALUE, ifMissing: '{"L":[]}' },
  { name: 'heatmap', expected: 'map', kind: MAP_VALUE, ifMissing: '{"M":{}}' },
  { name: 'performance', expected: 'map', kind: MAP_VALUE, ifMissing: '{"M":{}}' },
  { name: 'risk', expected: 'map', kind: MAP_VALUE, ifMissing: '{"M":{}}' },
  { name: 'summary', expected: 'map', kind: MAP_VALUE, ifMissing: '{"M":{}}' },
] as const;

/** Names that `data` uses itself: an entry's own field of such a name moves to `data.metadata.source`. */
export const reservedFields = ['userId', 'date', 'metadata'] as const;

export const ORDINARY = -1;
/** `indexOfName` returns the index of a reserved name plus this. */
export const RESERVED_NAME = 8;

const defaultedBytes = defaultedFields.map(({ name }) => latin(name));
const reservedBytes = reservedFields.map((name) => latin(name));

/**
 * The index in `defaultedFields`; RESERVED_NAME plus the index in `reservedFields`; or ORDINARY for any other name.
 */
export function indexOfName(bytes: Uint8Array, from: number, to: number): number {
  switch (to - from) {
    case 4:
      if (sameBytes(bytes, from, to, defaultedBytes[3]!)) return 3;
      return sameBytes(bytes, from, to, reservedBytes[1]!) ? RESERVED_NAME + 1 : ORDINARY;
    case 6:
      if (sameBytes(bytes, from, to, defaultedBytes[0]!)) return 0;
      return sameBytes(bytes, from, to, reservedBytes[0]!) ? RESERVED_NAME : ORDINARY;
    case 7:
      if (sameBytes(bytes, from, to, defaultedBytes[1]!)) return 1;
      return sameBytes(bytes, from, to, defaultedBytes[4]!) ? 4 : ORDINARY;
    case 8:
      return sameBytes(bytes, from, to, reservedBytes[2]!) ? RESERVED_NAME + 2 : ORDINARY;
    case 11:
      return sameBytes(bytes, from, to, defaultedBytes[2]!) ? 2 : ORDINARY;
    default:
      return ORDINARY;
  }
}
