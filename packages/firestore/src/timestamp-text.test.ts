import { assert, integer, property } from 'fast-check';
import { expect, test } from 'vitest';
import { timestampText } from './timestamp-text.ts';

test('is what a Date says, with six digits', () => {
  const year1 = -62_135_596_800;
  const year9999 = 253_402_300_799;
  assert(
    property(integer({ min: year1, max: year9999 }), integer({ min: 0, max: 999_999 }), (seconds, micros) => {
      const byDate = new Date(seconds * 1_000).toISOString().slice(0, 19);
      expect(timestampText(seconds, micros)).toBe(`${byDate}.${String(micros).padStart(6, '0')}Z`);
    }),
  );
});
