import { compareIds, compareSegments } from '../names/compare-ids.ts';
import { liesBelow, pathOf, type Collection, type DocumentNode, type DocumentTree } from './document-tree.ts';

/** Which documents: those of a collection, of a group of collections, or of any collection below `parent`. */
export interface Scope {
  readonly parent: readonly string[];
  /** Undefined: collections of any id. */
  readonly collectionId: string | undefined;
  /** Also those that lie deeper below the parent. */
  readonly allDescendants: boolean;
}

/** An end of a range of names. Its path may be one that no document can have. */
export interface NameBound {
  readonly segments: readonly string[];
  readonly inclusive: boolean;
}

export interface NameRange {
  readonly lower?: NameBound | undefined;
  readonly upper?: NameBound | undefined;
  readonly descending: boolean;
}

function isBelow(path: readonly string[], bound: NameBound | undefined): boolean {
  if (bound === undefined) return false;
  const order = compareSegments(path, bound.segments);
  return order < 0 || (order === 0 && !bound.inclusive);
}

function isAbove(path: readonly string[], bound: NameBound | undefined): boolean {
  if (bound === undefined) return false;
  const order = compareSegments(path, bound.segments);
  return order > 0 || (order === 0 && !bound.inclusive);
}

type Side = 'before' | 'inside' | 'after';

/** The position of a collection and everything below it relative to a bound's path; inside if the path contains it. */
function sideOf(path: readonly string[], bound: readonly string[]): Side {
  const order = compareSegments(path, bound.slice(0, path.length));
  if (order === 0) return 'inside';
  return order < 0 ? 'before' : 'after';
}

/**
 * The places of a collection within the range. The ones on the edge are given out too, since what lies below them
 * may still be inside: callers check a place's own name.
 */
function* scanCollection(collection: Collection, range: NameRange): Generator<DocumentNode, void, undefined> {
  const { lower, upper, descending } = range;
  const depth = collection.path.length;
  const lowerSide = lower === undefined ? 'after' : sideOf(collection.path, lower.segments);
  const upperSide = upper === undefined ? 'before' : sideOf(collection.path, upper.segments);
  if (lowerSide === 'before' || upperSide === 'after') return;
  const lowest = lowerSide === 'inside' ? lower?.segments[depth] : undefined;
  const highest = upperSide === 'inside' ? upper?.segments[depth] : undefined;
  // The upper bound is the collection itself or above it: every document stands after it.
  if (upperSide === 'inside' && highest === undefined) return;
  const nodes = descending ? collection.nodes.descending(highest) : collection.nodes.ascending(lowest);
  const last = descending ? lowest : highest;
  for (const node of nodes) {
    if (last !== undefined) {
      const order = compareIds(node.id, last);
      if (descending ? order < 0 : order > 0) return;
    }
    yield node;
  }
}

function* scanBelow(
  node: DocumentNode,
  scope: Scope,
  range: NameRange,
): Generator<DocumentNode, void, undefined> {
  const list = node.collections;
  if (list === undefined) return;
  for (const collection of range.descending ? list.descending() : list.ascending()) {
    const wanted = scope.collectionId === undefined || scope.collectionId === collection.id;
    if (!wanted && !scope.allDescendants) continue;
    for (const child of scanCollection(collection, range)) {
      if (wanted && !range.descending) yield child;
      if (scope.allDescendants) yield* scanBelow(child, scope, range);
      if (wanted && range.descending) yield child;
    }
  }
}

function firstAfter(collections: readonly Collection[], path: readonly string[]): number {
  let low = 0;
  let high = collections.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareSegments(collections[middle]!.path, path) <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

function* scanGroup(
  collections: readonly Collection[],
  scope: Scope,
  range: NameRange,
): Generator<DocumentNode, void, undefined> {
  // The collection that a bound's path contains is the last whose path is not after the bound.
  const from = range.lower === undefined ? 0 : Math.max(0, firstAfter(collections, range.lower.segments) - 1);
  const to = range.upper === undefined ? collections.length : firstAfter(collections, range.upper.segments);
  for (let step = 0; step < to - from; step += 1) {
    const collection = collections[range.descending ? to - 1 - step : from + step]!;
    if (scope.parent.length === 0 || liesBelow(collection.path, scope.parent)) {
      yield* scanCollection(collection, range);
    }
  }
}

function scanScope(tree: DocumentTree, scope: Scope, range: NameRange): Iterable<DocumentNode> {
  if (scope.allDescendants && scope.collectionId !== undefined) {
    const group = tree.group(scope.collectionId);
    if (!group.nested) return scanGroup(group.collections, scope, range);
  }
  const parent = tree.find(scope.parent);
  if (parent === undefined) return [];
  if (!scope.allDescendants && scope.collectionId !== undefined) {
    const collection = parent.collections?.get(scope.collectionId);
    return collection === undefined ? [] : scanCollection(collection, range);
  }
  return scanBelow(parent, scope, range);
}

/** The places of a scope within a range, by name. Missing documents are among them. */
export function* scanNames(
  tree: DocumentTree,
  scope: Scope,
  range: NameRange,
): Generator<DocumentNode, void, undefined> {
  const { lower, upper } = range;
  if (lower === undefined && upper === undefined) {
    yield* scanScope(tree, scope, range);
    return;
  }
  let lowerPassed = lower === undefined;
  for (const node of scanScope(tree, scope, range)) {
    if (range.descending) {
      const path = pathOf(node);
      if (!isBelow(path, lower) && !isAbove(path, upper)) yield node;
    } else {
      const path = lowerPassed && upper === undefined ? undefined : pathOf(node);
      // Upwards, once one name is past the lower bound, all are.
      if (path !== undefined && !lowerPassed) lowerPassed = !isBelow(path, lower);
      if (lowerPassed && (path === undefined || !isAbove(path, upper))) yield node;
    }
  }
}
