import * as fc from 'fast-check';
import { assert } from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type BothFirestores, type Message, openBothFirestores } from './both-firestores.ts';
import {
  arbitraryFields,
  bounded,
  bytes,
  double,
  integer,
  list,
  map,
  nested,
  nothing,
  place,
  reference,
  text,
  time,
  vector,
} from './values.ts';

let both: BothFirestores;
beforeAll(async () => {
  both = await openBothFirestores();
});
afterAll(() => both[Symbol.asyncDispose]());

const name = (length: number): string => 'x'.repeat(length);
const marked = (type: Message, value: Message): Message => map({ __type__: type, value });
const isVector = text('__vector__');

/** Each with whether both take it. */
const odd: Record<string, [taken: boolean, value: (root: string) => Message]> = {
  'a value without a type': [false, () => ({})],
  'a value without a type in a map': [false, () => map({ a: {} })],
  'a list in a list': [false, () => list(list(integer(1)))],
  'an empty list in a list': [false, () => list(list())],
  'a list in a map in a list': [true, () => list(map({ b: list(integer(1)) }))],
  'the longest vector': [true, () => vector(...Array.from({ length: 2048 }, () => 1))],
  'a longer vector': [false, () => vector(...Array.from({ length: 2049 }, () => 1))],
  'an empty vector': [false, () => vector()],
  'a vector with NaN': [false, () => vector(1, NaN)],
  'a vector with Infinity and -0': [true, () => vector(Infinity, -0)],
  'a vector of integers': [false, () => marked(isVector, list(integer(1)))],
  'a vector with more': [false, () => map({ __type__: isVector, value: list(double(1)), x: nothing })],
  'a vector without a value': [false, () => map({ __type__: isVector })],
  'a vector of a scalar': [false, () => marked(isVector, double(1))],
  'a map of another type': [false, () => marked(text('other'), list(double(1)))],
  'a map whose type is a number': [false, () => marked(integer(1), list(double(1)))],
  'a vector in a list': [false, () => list(vector(1))],
  'a vector in a map in a list': [true, () => list(map({ v: vector(1) }))],
  'a place at the pole': [true, () => place(90, 180)],
  'a place beyond the pole': [false, () => place(90.1, 0)],
  'a place too far in the west': [false, () => place(0, -180.5)],
  'a place at NaN': [false, () => place(NaN, 0)],
  'a place at Infinity': [false, () => place(0, Infinity)],
  'the first time': [true, () => time('-62135596800')],
  'a time before it': [false, () => time('-62135596801')],
  'the last time': [true, () => time('253402300799', 999_999_999)],
  'a time after it': [false, () => time('253402300800')],
  'negative nanoseconds': [false, () => time(1, -1)],
  'a whole second of nanoseconds': [false, () => time(1, 1_000_000_000)],
  'a reference to a document': [true, (root) => reference(`${root}/a/b/c/d`)],
  'a reference to another project': [true, () => reference('projects/p/databases/d/documents/a/b')],
  'a reference to a collection': [false, (root) => reference(`${root}/a`)],
  'a reference to all documents': [false, (root) => reference(root)],
  'a reference to a database': [false, () => reference(both.database)],
  'an empty reference': [false, () => reference('')],
  'a reference to a reserved id': [false, (root) => reference(`${root}/a/__b__`)],
  'a reference to a numeric id': [true, (root) => reference(`${root}/a/__id7__`)],
  'a reference to a dot': [false, (root) => reference(`${root}/a/.`)],
  'a reference to an empty id': [false, (root) => reference(`${root}/a//b/c`)],
  'a reference with a slash at its end': [false, (root) => reference(`${root}/a/b/`)],
  'a reference to a long id': [true, (root) => reference(`${root}/a/${name(1500)}`)],
  'a reference to a longer id': [false, (root) => reference(`${root}/a/${name(1501)}`)],
  'a reserved name in a map': [false, () => map({ __x__: nothing })],
  'a reserved name in a map in a list': [false, () => list(map({ __x__: nothing }))],
  'four underscores in a map': [true, () => map({ ____: nothing })],
  'five underscores in a map': [false, () => map({ _____: nothing })],
  'an empty name in a map': [false, () => map({ '': nothing })],
  'the longest path': [true, () => map({ [name(1498)]: nothing })],
  'a longer path': [false, () => map({ [name(1499)]: map({}) })],
  'a path through a list': [true, () => list(map({ [name(1498)]: nothing }))],
  'a longer path through a list': [false, () => list(map({ [name(1499)]: nothing }))],
  'a scalar in 20 maps': [true, () => nested(20, bytes('\0'))],
  'a scalar in 21 maps': [false, () => nested(21, integer(1))],
  'an empty map in 20 maps': [false, () => nested(20, map({}))],
  'an empty list in 20 maps': [true, () => nested(20, list())],
  'a list with a scalar in 20 maps': [false, () => nested(20, list(integer(1)))],
  'a vector in 20 maps': [true, () => nested(20, vector(1))],
};

test.each(Object.entries(odd))('%s', async (_, [taken, value]) => {
  expect('answers' in (await both.put('odd/one', { f: value(both.root) }))).toBe(taken);
  await both.same('GetDocument', { name: `${both.root}/odd/one` });
});

test.each(['', '____', '_____', '__name__', 'a.b', '`', '\0', '__a\nb__', name(1500), name(1501)])(
  'a field with the name %j',
  async (field) => {
    await both.put('odd/field', { [field]: integer(1) });
    const read = both.same('GetDocument', { name: `${both.root}/odd/field` });
    await expect(read).resolves.toBeDefined();
  },
);

const ids = ['.', '..', '...', '', '____', '_____', '__x__', 'a\0', 'a\n', name(1500), name(1501)];
const numericIds = ['7', '07', '-7', '0', '9223372036854775807', '9223372036854775808'];
test.each([...ids, ...numericIds.map((id) => `__id${id}__`)])('the id %j', async (id) => {
  await both.put(`odd/${id}`, {});
  await both.put(`${id}/odd`, {});
  const read = both.same('GetDocument', { name: `${both.root}/odd/${id}` });
  await expect(read).resolves.toBeDefined();
});

test('whatever is written reads the same', async () => {
  await assert(
    fc.asyncProperty(arbitraryFields, async (fields) => {
      await both.put('any/one', fields);
      const documents = [`${both.root}/any/one`, `${both.root}/any/none`];
      await both.same('BatchGetDocuments', { database: both.database, documents });
      const mask = { fieldPaths: ['m.a', 'n', 'z.b.a'] };
      await both.same('BatchGetDocuments', { database: both.database, documents, mask });
    }),
    bounded(300),
  );
});
