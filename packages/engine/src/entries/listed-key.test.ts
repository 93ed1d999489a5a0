import fc from 'fast-check';
import { expect, test } from 'vitest';

import { listedKey, readListedKey, withoutField } from './listed-key.ts';

const field = fc.string({ maxLength: 200 }).map((text) => text.replaceAll('\0', ''));

test('a listed entry has the date and the field that were given, whatever the date holds', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), field, (date, name) => {
      const key = listedKey(date, name);
      const read = { date, ...(name === '' ? {} : { field: name }) };
      for (const kind of ['encoded-as-text', 'unexpected-type'] as const) {
        expect(readListedKey(kind, key)).toEqual(read);
        expect(readListedKey(kind, withoutField(kind, key))).toEqual({ date });
      }
      for (const kind of ['conflict', 'newer'] as const) {
        expect(readListedKey(kind, date)).toEqual({ date });
        expect(withoutField(kind, date)).toBe(date);
      }
    }),
  );
});

test('a long field is cut', () => {
  expect(readListedKey('encoded-as-text', listedKey('1', 'x'.repeat(9_000))).field).toHaveLength(200);
});
