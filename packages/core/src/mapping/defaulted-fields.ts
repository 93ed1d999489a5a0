import { ARRAY_VALUE, MAP_VALUE } from '../values/value-tags.ts';
import { latin } from './json-text.ts';
import { sameBytes } from './find-vector.ts';

/** The fields that every item has, each with what stands for it when the entry lacks it. */
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
/** `indexOfName` answers an own name's index plus this. */
export const OWN_NAME = 8;

const guideBytes = defaultedFields.map(({ name }) => latin(name));
const ownBytes = reservedFields.map((name) => latin(name));

/** An index into `defaultedFields`, OWN_NAME and up for `reservedFields`, ORDINARY for any other name. */
export function indexOfName(bytes: Uint8Array, from: number, to: number): number {
  switch (to - from) {
    case 4:
      if (sameBytes(bytes, from, to, guideBytes[3]!)) return 3;
      return sameBytes(bytes, from, to, ownBytes[1]!) ? OWN_NAME + 1 : ORDINARY;
    case 6:
      if (sameBytes(bytes, from, to, guideBytes[0]!)) return 0;
      return sameBytes(bytes, from, to, ownBytes[0]!) ? OWN_NAME : ORDINARY;
    case 7:
      if (sameBytes(bytes, from, to, guideBytes[1]!)) return 1;
      return sameBytes(bytes, from, to, guideBytes[4]!) ? 4 : ORDINARY;
    case 8:
      return sameBytes(bytes, from, to, ownBytes[2]!) ? OWN_NAME + 2 : ORDINARY;
    case 11:
      return sameBytes(bytes, from, to, guideBytes[2]!) ? 2 : ORDINARY;
    default:
      return ORDINARY;
  }
}
