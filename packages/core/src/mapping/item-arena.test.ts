import { assert, array, nat, oneof, property } from 'fast-check';
import { expect, test } from 'vitest';
import { ItemArena } from './item-arena.ts';

test('what is copied stays as it is until the arena is given back, however much comes after it', () => {
  const sizes = oneof(nat(5_000), nat(100_000), nat(600_000));
  assert(
    property(array(sizes, { maxLength: 40 }), (lengths) => {
      const arena = ItemArena.take();
      const copies = lengths.map((length, index) => {
        const source = Buffer.alloc(length + 7, index + 1);
        const copy = arena.copy(source, length);
        source.fill(0);
        return copy;
      });
      for (const [index, copy] of copies.entries()) {
        expect(copy.length).toBe(lengths[index]);
        expect(copy.every((byte) => byte === index + 1)).toBe(true);
      }
      arena.giveBack();
    }),
    { numRuns: 60 },
  );
});

test('two that are taken share nothing, and one that was given back is taken next', () => {
  const [first, second] = [ItemArena.take(), ItemArena.take()];
  const one = first.copy(Buffer.from('first'), 5);
  const other = second.copy(Buffer.from('other'), 5);
  expect([String(one), String(other)]).toEqual(['first', 'other']);
  first.giveBack();
  expect(ItemArena.take()).toBe(first);
  second.giveBack();
  first.giveBack();
});
