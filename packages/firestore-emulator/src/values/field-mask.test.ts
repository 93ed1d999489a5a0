import { expect, test } from 'vitest';
import type { FieldMap } from '../wire/field-map.ts';
import { encodeMap, encodeString } from './encode-value.ts';
import { fieldAt, mergeFields, parseFieldMask, pickFields, withFieldAt } from './field-mask.ts';
import { decodeValue } from './value.ts';

type Plain = { readonly [name: string]: string | Plain };

function fieldsOf(plain: Plain): FieldMap {
  return new Map(
    Object.entries(plain).map(([name, value]) => [
      name,
      typeof value === 'string' ? encodeString(value) : encodeMap(fieldsOf(value)),
    ]),
  );
}

function show(fields: FieldMap): unknown {
  return decodeValue(encodeMap(fields));
}

const stored = fieldsOf({ a: { x: '1', y: '2' }, b: 'text', 'odd name': { z: '3' } });

test.each<[string[], Plain]>([
  [[], {}],
  [['a'], { a: { x: '1', y: '2' } }],
  [['a.x'], { a: { x: '1' } }],
  [['a', 'a.x'], { a: { x: '1', y: '2' } }],
  [['a.x', 'a'], { a: { x: '1', y: '2' } }],
  [['a.none'], {}],
  [['b.x'], {}],
  [['`odd name`.z', 'b'], { b: 'text', 'odd name': { z: '3' } }],
])('mask %j picks', (paths, picked) => {
  expect(show(pickFields(stored, parseFieldMask(paths)))).toEqual(show(fieldsOf(picked)));
});

test('merging replaces, adds and removes only what the mask names', () => {
  const source = fieldsOf({ a: { x: 'new', w: 'ignored' }, c: { d: { e: 'deep' } }, extra: 'ignored' });
  const merged = mergeFields(stored, source, parseFieldMask(['a.x', 'a.y', 'b', 'c.d.e']));
  expect(show(merged)).toEqual(
    show(fieldsOf({ a: { x: 'new' }, c: { d: { e: 'deep' } }, 'odd name': { z: '3' } })),
  );
});

test('a field can be read and put at a path', () => {
  expect(fieldAt(stored, ['a', 'y'])).toEqual(encodeString('2'));
  expect(fieldAt(stored, ['b', 'y'])).toBeUndefined();
  expect(show(withFieldAt(stored, ['b', 'n'], encodeString('4')))).toEqual(
    show(
      fieldsOf({
        a: { x: '1', y: '2' },
        b: { n: '4' },
        'odd name': { z: '3' },
      }),
    ),
  );
});
