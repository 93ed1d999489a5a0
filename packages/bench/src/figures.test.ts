import { expect, test } from 'vitest';
import { figureOf, figuresOf } from './figures.ts';

test('a figure is the median with the least and the most', () => {
  expect(figureOf([5, 1, 3])).toEqual({ median: 3, min: 1, max: 5 });
  expect(figureOf([4, 1, 2, 3])).toEqual({ median: 2.5, min: 1, max: 4 });
});

test('figures are taken over the rounds that have them', () => {
  expect(figuresOf([{ a: 1, b: 10 }, { a: 3 }])).toEqual({
    a: { median: 2, min: 1, max: 3 },
    b: { median: 10, min: 10, max: 10 },
  });
});
