import { expect, test } from 'vitest';
import { Clock } from './clock.ts';

test('commits lie after everything before them, though the time stands still or goes back', () => {
  let now = 1000;
  const clock = new Clock(() => now);
  expect(clock.nextCommitTime()).toBe(1000);
  expect(clock.readTime()).toBe(1000);
  expect(clock.nextCommitTime()).toBe(1001);
  now = 500;
  expect(clock.readTime()).toBe(1001);
  expect(clock.nextCommitTime()).toBe(1002);
  now = 2000;
  expect(clock.readTime()).toBe(2000);
  expect(clock.nextCommitTime()).toBe(2001);
});
