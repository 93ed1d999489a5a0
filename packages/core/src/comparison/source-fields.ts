import type { StoredItem } from '../ports/target.ts';
import { ENTRY_KEY, ENTRY_VALUE } from '../values/value-tags.ts';
import type { ComparisonWalk } from './comparison-walk.ts';
import { readName } from './source-text.ts';

/** Goes to the value of the map's entry that ends at `end`; its own end is then `walk.valueEnd`. Returns the name. */
export function openEntry(walk: ComparisonWalk, end: number): string {
  const { reader } = walk;
  let nameFrom = end;
  let nameTo = end;
  let valueFrom = end;
  walk.valueEnd = end;
  while (reader.pos < end) {
    const tag = reader.tag();
    if (tag !== ENTRY_KEY && tag !== ENTRY_VALUE) {
      reader.skipType(tag & 7, 0, tag >>> 3);
      continue;
    }
    const to = reader.size() + reader.pos;
    if (tag === ENTRY_KEY) {
      nameFrom = reader.pos;
      nameTo = to;
    } else {
      valueFrom = reader.pos;
      walk.valueEnd = to;
    }
    reader.pos = to;
  }
  if (reader.pos !== end) throw new RangeError('an entry of a map is longer than its own length says');
  reader.pos = valueFrom;
  return readName(reader.buf, nameFrom, nameTo);
}

/** The names of the map whose entries go on to `end`, each under `tag`. */
export function namesUpTo(walk: ComparisonWalk, end: number, tag: number): Set<string> {
  const { reader } = walk;
  const names = new Set<string>();
  while (reader.pos < end) {
    const found = reader.tag();
    if (found !== tag) {
      reader.skipType(found & 7, 0, found >>> 3);
      continue;
    }
    const entryEnd = reader.size() + reader.pos;
    names.add(openEntry(walk, entryEnd));
    reader.pos = entryEnd;
  }
  return names;
}

/** Notes each stored field that should not be there. */
export function noteExtra(walk: ComparisonWalk, fields: StoredItem, expected: ReadonlySet<string>): void {
  for (const name of Object.keys(fields)) {
    if (!expected.has(name)) walk.differs(undefined, fields[name], name);
  }
}
