import { ARRAY_VALUE, DOUBLE_VALUE, ELEMENT, INTEGER_VALUE, STRING_VALUE } from '../values/value-tags.ts';
import type { ComparisonWalk } from './comparison-walk.ts';
import { openEntry } from './source-fields.ts';
import { sameText } from './source-text.ts';

/**
 * If the map from the walk's place to `end` is how Firestore sends a vector, `{ __type__: "__vector__", value: [numbers] }`
 * and nothing else: where its numbers are. Leaves the walk anywhere.
 */
export function vectorValues(walk: ComparisonWalk, end: number): { from: number; to: number } | undefined {
  const { reader } = walk;
  let marked = false;
  let numbers: { from: number; to: number } | undefined;
  while (reader.pos < end) {
    if (reader.tag() !== ELEMENT) return undefined;
    const entryEnd = reader.size() + reader.pos;
    const name = openEntry(walk, entryEnd);
    if (name === '__type__' && !marked) {
      if (!isVectorMark(walk)) return undefined;
      marked = true;
    } else if (name === 'value' && numbers === undefined) {
      numbers = rangeOfNumbers(walk);
      if (numbers === undefined) return undefined;
    } else {
      return undefined;
    }
    reader.pos = entryEnd;
  }
  return marked ? numbers : undefined;
}

function isVectorMark(walk: ComparisonWalk): boolean {
  const { reader, valueEnd } = walk;
  if (reader.pos === valueEnd || reader.tag() !== STRING_VALUE) return false;
  return reader.size() + reader.pos === valueEnd && sameText(reader.buf, reader.pos, valueEnd, '__vector__');
}

function rangeOfNumbers(walk: ComparisonWalk): { from: number; to: number } | undefined {
  const { reader, valueEnd: to } = walk;
  if (reader.pos === to || reader.tag() !== ARRAY_VALUE || reader.size() + reader.pos !== to)
    return undefined;
  const from = reader.pos;
  while (reader.pos < to) {
    if (reader.tag() !== ELEMENT) return undefined;
    const end = reader.size() + reader.pos;
    if (reader.pos === end) return undefined;
    const kind = reader.tag();
    if (kind !== DOUBLE_VALUE && kind !== INTEGER_VALUE) return undefined;
    reader.skipType(kind & 7);
    if (reader.pos !== end) return undefined;
  }
  return { from, to };
}
