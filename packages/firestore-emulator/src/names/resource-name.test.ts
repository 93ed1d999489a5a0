import { expect, test } from 'vitest';
import { RpcError } from '../protocol/rpc-error.ts';
import { checkDatabaseName, formatName, parseDocumentName, parseParentName } from './resource-name.ts';

const root = 'projects/p/databases/(default)/documents';

test('a document name is its database and its ids', () => {
  const path = { database: 'projects/p/databases/(default)', segments: ['users', 'a b', 'x', '%2F'] };
  expect(parseDocumentName(`${root}/users/a b/x/%2F`)).toEqual(path);
  expect(formatName(path)).toBe(`${root}/users/a b/x/%2F`);
});

test('the root and documents are parents', () => {
  expect(parseParentName(root).segments).toEqual([]);
  expect(parseParentName(`${root}/a/b`).segments).toEqual(['a', 'b']);
  expect(() => parseParentName(`${root}/a`)).toThrow(RpcError);
});

test.each([
  '',
  'users/a',
  root,
  `${root}/`,
  `${root}/users`,
  `${root}/users/`,
  `${root}//a`,
  `${root}/users/.`,
  `${root}/users/..`,
  `${root}/users/__x__`,
  `${root}/users/__id0__`,
  `${root}/users/__id007__`,
  `${root}/users/__id9223372036854775808__`,
  `${root}/__id1__/a`,
])('%s names no document', (name) => {
  expect(() => parseDocumentName(name)).toThrow(RpcError);
});

test.each([
  '__id7__',
  '__id-9223372036854775808__',
  '____',
  'é'.repeat(750),
  '...',
  '__x',
  'failed',
  ' ',
  "it's",
  'a:b',
  '\n',
])('%j is a document id', (id) => {
  expect(parseDocumentName(`${root}/users/${id}`).segments).toEqual(['users', id]);
});

test('a database name has a project and a database', () => {
  expect(checkDatabaseName('projects/p/databases/d')).toBe('projects/p/databases/d');
  expect(() => checkDatabaseName('projects/p')).toThrow(RpcError);
});
