import { readFieldMap } from '../wire/field-map.ts';
import { contentField, contentOf, readArrayElements, valueKind } from './value.ts';

function sameValue(a: Uint8Array, b: Uint8Array): boolean {
  if (Buffer.compare(a, b) === 0) return true;
  const leftMap = contentOf(a, valueKind.map);
  const rightMap = contentOf(b, valueKind.map);
  if (leftMap !== undefined && rightMap !== undefined) {
    return sameFields(readFieldMap(leftMap, contentField), readFieldMap(rightMap, contentField));
  }
  const leftArray = contentOf(a, valueKind.array);
  const rightArray = contentOf(b, valueKind.array);
  if (leftArray === undefined || rightArray === undefined) return false;
  const left = readArrayElements(leftArray);
  const right = readArrayElements(rightArray);
  return left.length === right.length && left.every((item, index) => sameValue(item, right[index]!));
}

/** Whether two sets of encoded fields hold the same, whatever the order of the fields. 1 and 1.0 differ here. */
export function sameFields(a: ReadonlyMap<string, Uint8Array>, b: ReadonlyMap<string, Uint8Array>): boolean {
  if (a.size !== b.size) return false;
  for (const [name, value] of a) {
    const other = b.get(name);
    if (other === undefined || !sameValue(value, other)) return false;
  }
  return true;
}
