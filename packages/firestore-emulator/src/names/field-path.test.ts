import { expect, test } from 'vitest';
import { RpcError } from '../protocol/rpc-error.ts';
import { parseFieldPath } from './field-path.ts';

test.each([
  ['a', ['a']],
  ['a.b_2.C', ['a', 'b_2', 'C']],
  ['`a.b`.c', ['a.b', 'c']],
  ['a.`b ``', undefined],
  ['`back\\`tick\\\\`', ['back`tick\\']],
  ['`ünï`.`🙂`', ['ünï', '🙂']],
  ['', undefined],
  ['a.', undefined],
  ['.a', undefined],
  ['a b', undefined],
  ['1a', undefined],
  ['``', undefined],
  ['`a`b', undefined],
])('%s', (text, path) => {
  if (path === undefined) expect(() => parseFieldPath(text)).toThrow(RpcError);
  else expect(parseFieldPath(text)).toEqual(path);
});
