import * as fc from 'fast-check';
import type { StoredAttribute, StoredItem } from '../ports/target.ts';

/** The JSON of an item with the attributes of each map in another order, as DynamoDB may hand them out. */
export type Shuffle = (item: StoredItem) => Uint8Array;

export const anyShuffle: fc.Arbitrary<Shuffle> = fc.infiniteStream(fc.nat()).map(
  (numbers): Shuffle =>
    (item) =>
      Buffer.from(shuffledMap(item, () => numbers.next().value as number)),
);

// As text: an object would put names that are numbers first.
function shuffledMap(fields: StoredItem, next: () => number): string {
  const members = Object.entries(fields).map(([name, value]) => ({
    place: next(),
    text: `${JSON.stringify(name)}:${shuffled(value, next)}`,
  }));
  return `{${members
    .toSorted((a, b) => a.place - b.place)
    .map(({ text }) => text)
    .join(',')}}`;
}

function shuffled(attribute: StoredAttribute, next: () => number): string {
  if ('M' in attribute) return `{"M":${shuffledMap(attribute.M, next)}}`;
  if ('L' in attribute) return `{"L":[${attribute.L.map((element) => shuffled(element, next)).join(',')}]}`;
  return JSON.stringify(attribute);
}
