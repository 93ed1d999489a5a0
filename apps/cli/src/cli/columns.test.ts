import { expect, it } from 'vitest';

import { columns } from './columns.ts';

it('makes each column as wide as its widest cell, without spaces at the end', () => {
  expect(
    columns([
      ['a', 'bb', 'c'],
      ['aaa', 'b', ''],
    ]),
  ).toBe('a    bb  c\naaa  b\n');
  expect(columns([])).toBe('');
});
