import { expect, it } from 'vitest';
import { Releasers } from './releasers.ts';

it('releases what was opened last first, once', async () => {
  const released: string[] = [];
  const releasers = new Releasers();
  for (const name of ['a', 'b', 'c']) {
    releasers.add(async () => {
      released.push(name);
    });
  }
  await Promise.all([releasers.release(), releasers.release()]);
  expect(released).toEqual(['c', 'b', 'a']);
});

it('tries all and then throws what failed', async () => {
  const released: string[] = [];
  const releasers = new Releasers();
  releasers.add(async () => {
    released.push('a');
  });
  releasers.add(() => Promise.reject(new Error('b failed')));
  await expect(releasers.release()).rejects.toThrow('b failed');
  expect(released).toEqual(['a']);

  const both = new Releasers();
  both.add(() => Promise.reject(new Error('c failed')));
  both.add(() => Promise.reject(new Error('d failed')));
  await expect(both.release()).rejects.toThrow(AggregateError);
});
