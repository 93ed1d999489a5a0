import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareSegments } from '../names/compare-ids.ts';
import { DocumentTree, pathOf } from './document-tree.ts';
import { scanNames, type NameBound, type NameRange, type Scope } from './scan-names.ts';
import { makeDocument } from './stored-document.ts';

type Path = readonly string[];

// Few ids, so that collections of one id nest in each other, places are missing and bounds hit the edge.
const id = fc.constantFrom('a', 'b', 'c');
const place = fc.array(fc.tuple(id, id), { minLength: 1, maxLength: 3 }).map((pairs): Path => pairs.flat());
const bound: fc.Arbitrary<NameBound | undefined> = fc.option(
  fc.record({
    segments: fc.array(fc.constantFrom('a', 'b', 'c', '\0'), { maxLength: 6 }),
    inclusive: fc.boolean(),
  }),
  { nil: undefined },
);
const scopes: fc.Arbitrary<Scope> = fc.record({
  parent: fc.oneof(fc.constant<Path>([]), place),
  collectionId: fc.option(id, { nil: undefined }),
  allDescendants: fc.boolean(),
});
const ranges: fc.Arbitrary<NameRange> = fc.record({ lower: bound, upper: bound, descending: fc.boolean() });

function inScope(path: Path, scope: Scope): boolean {
  const collection = path.slice(0, -1);
  return (
    scope.parent.every((segment, index) => segment === path[index]) &&
    path.length > scope.parent.length &&
    (scope.collectionId === undefined || collection.at(-1) === scope.collectionId) &&
    (scope.allDescendants || collection.length === scope.parent.length + 1)
  );
}

function inRange(path: Path, { lower, upper }: NameRange): boolean {
  const low = lower === undefined ? 1 : compareSegments(path, lower.segments);
  const high = upper === undefined ? -1 : compareSegments(path, upper.segments);
  return (
    (low > 0 || (low === 0 && lower?.inclusive === true)) &&
    (high < 0 || (high === 0 && upper?.inclusive === true))
  );
}

test('a scan gives what filtering and sorting all names would give', () => {
  fc.assert(
    fc.property(
      fc.array(place, { maxLength: 25 }),
      fc.array(place, { maxLength: 10 }),
      scopes,
      ranges,
      (put, removed, scope, range) => {
        const tree = new DocumentTree();
        const left = new Map<string, Path>();
        for (const path of put) {
          tree.put(path, makeDocument(path.join('/'), new Map(), 1, 1));
          left.set(path.join('/'), path);
        }
        for (const path of removed) {
          tree.remove(path);
          left.delete(path.join('/'));
        }
        const expected = [...left.values()]
          .filter((path) => inScope(path, scope) && inRange(path, range))
          .toSorted(compareSegments);
        if (range.descending) expected.reverse();
        const found = Array.from(scanNames(tree, scope, range))
          .filter((node) => node.document !== undefined)
          .map((node) => pathOf(node));
        expect(found).toEqual(expected);
      },
    ),
    { numRuns: 3000 },
  );
});

test('a place without a document stays as long as something lies below it', () => {
  const tree = new DocumentTree();
  tree.put(['a', 'b', 'c', 'd'], makeDocument('x', new Map(), 1, 1));
  expect(tree.find(['a', 'b'])?.document).toBeUndefined();
  tree.remove(['a', 'b']);
  expect(tree.find(['a', 'b'])).toBeDefined();
  tree.remove(['a', 'b', 'c', 'd']);
  expect(tree.find(['a', 'b'])).toBeUndefined();
  expect(tree.root.collections).toBeUndefined();
  expect(tree.group('c').collections).toEqual([]);
});
