import fc from 'fast-check';
import { expect, test } from 'vitest';

import { parseJson } from './parse-json.ts';

/** As in DynamoDB's JSON: an earlier text with a key of one backslash, then one with another key in its place. */
const earlier = String.raw`{"S":{"x":1},"\\":{"S":"1"}}`;
test.each([
  [String.raw`{"S":1,"\"":2}`, '"'],
  [String.raw`{"S":1,"\n":2}`, '\n'],
  [String.raw`{"S":1,"\u0041":2}`, 'A'],
  [String.raw`{"S":1,"\/" : 2}`, '/'],
  [String.raw`{"S":1,"\"b\\":2}`, '"b\\'],
])('%s has the key that it says, whatever was read before it', (text, key) => {
  parseJson(earlier);
  expect(Object.entries(parseJson(text) as object)).toEqual([
    ['S', 1],
    [key, 2],
  ]);
});

const odd = fc.constantFrom(
  '\\',
  '"',
  '\n',
  '\\n',
  '\\"',
  '":',
  'a',
  '__proto__',
  '1',
  '\uE000',
  '\uE0000',
  '😀',
);
const text = fc.oneof(
  odd,
  fc.array(odd).map((some) => some.join('')),
  fc.string({ unit: 'binary' }),
);
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.oneof(text, fc.integer(), fc.boolean(), fc.constant(null)),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.array(fc.tuple(text, tie('value')), { maxLength: 5 }).map((pairs) => Object.fromEntries(pairs)),
  ),
}));

test('any value comes back, with its keys in their order', () => {
  fc.assert(
    fc.property(value, fc.constantFrom(undefined, 1, '\t'), (given, indent) => {
      const json = JSON.stringify(given);
      expect(JSON.stringify(parseJson(JSON.stringify(given, null, indent)))).toBe(json);
    }),
    { numRuns: 2_000 },
  );
});

test.each(['', '{"a\\":1}', '{"\\x":1}', '{"\\"":1', '{"\\"":1}}'])('%j is no JSON', (broken) => {
  expect(() => parseJson(broken)).toThrow(SyntaxError);
});

test('a text of many megabytes is read', () => {
  const long = '\\"😀\n'.repeat(1_000_000);
  expect(parseJson(JSON.stringify({ [long]: long }))).toEqual({ [long]: long });
});
