import { expect, test } from 'vitest';
import { RpcError } from '../protocol/rpc-error.ts';
import { parseFieldPath } from './field-path.ts';

test.each([
  ['a', ['a']],
  ['a.b_2.C', ['a', 'b_2', 'C']],
  ['`a.b`.c', ['a.b', 'c']],
  ['`back\\`tick\\\\`', ['back`tick\\']],
  ['`ünï`.`🙂`', ['ünï', '🙂']],
])('%s is a path', (text, path) => {
  expect(parseFieldPath(text)).toEqual(path);
});

test.each(['', 'a.', '.a', 'a b', '1a', '``', '`a`b', 'a.`b ``'])('%j is no path', (text) => {
  expect(() => parseFieldPath(text)).toThrow(RpcError);
});
