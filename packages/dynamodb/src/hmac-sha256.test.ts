import { createHmac } from 'node:crypto';
import { array, assert, constantFrom, integer, oneof, property, uint8Array } from 'fast-check';
import { expect, test } from 'vitest';
import { HmacSha256 } from './hmac-sha256.ts';

test("gives the same as node's Hmac, of one message after the other", () => {
  const messages = integer({ min: 0, max: 300 }).chain((length) =>
    array(uint8Array({ minLength: length, maxLength: length }), { minLength: 1, maxLength: 4 }),
  );
  const keys = oneof(
    uint8Array({ maxLength: 150 }),
    constantFrom(32, 64, 65).map((length) => new Uint8Array(length).fill(length)),
  );
  assert(
    property(keys, messages, (key, [first, ...others]) => {
      const hmac = new HmacSha256(key, first!.length);
      for (const message of [first!, ...others, first!]) {
        hmac.message.set(message);
        expect(hmac.digest()).toBe(createHmac('sha256', key).update(message).digest('hex'));
      }
    }),
    { numRuns: 300 },
  );
});
