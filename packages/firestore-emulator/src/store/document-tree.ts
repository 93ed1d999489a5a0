import { compareIds, compareSegments } from '../names/compare-ids.ts';
import { SortedList } from './sorted-list.ts';
import type { StoredDocument } from './stored-document.ts';

/** A place for a document. Without one it is a missing document: something lies below it. */
export interface DocumentNode {
  readonly id: string;
  /** Undefined for the root, above all collections. */
  readonly collection: Collection | undefined;
  document: StoredDocument | undefined;
  collections: SortedList<Collection> | undefined;
}

/** A collection that has at least one document in it or below it. */
export interface Collection {
  readonly id: string;
  /** The ids from the root to the collection, its own the last. */
  readonly path: readonly string[];
  readonly parent: DocumentNode;
  readonly nodes: SortedList<DocumentNode>;
}

interface CollectionGroup {
  readonly members: Set<Collection>;
  /** The members by path; undefined when they must be sorted again. */
  sorted: readonly Collection[] | undefined;
  /** Whether a member lies below another, so that their documents interleave. */
  nested: boolean;
}

/** The documents of one database as the tree that their names make. Empty places are pruned. */
export class DocumentTree {
  readonly root: DocumentNode = {
    id: '',
    collection: undefined,
    document: undefined,
    collections: undefined,
  };
  readonly #groups = new Map<string, CollectionGroup>();

  /** The place with this path (an even number of ids), if anything is at it or below it. */
  find(segments: readonly string[]): DocumentNode | undefined {
    let node: DocumentNode | undefined = this.root;
    for (let index = 0; index < segments.length && node !== undefined; index += 2) {
      node = node.collections?.get(segments[index]!)?.nodes.get(segments[index + 1]!);
    }
    return node;
  }

  /** Puts a document at a path, over what is there. */
  put(segments: readonly string[], document: StoredDocument): void {
    let node = this.root;
    for (let index = 0; index < segments.length; index += 2) {
      const collection = this.#collectionBelow(node, segments.slice(0, index + 1));
      const id = segments[index + 1]!;
      let next = collection.nodes.get(id);
      if (next === undefined) {
        next = { id, collection, document: undefined, collections: undefined };
        collection.nodes.insert(next);
      }
      node = next;
    }
    node.document = document;
  }

  /** Takes the document away, and the places that are then empty. */
  remove(segments: readonly string[]): void {
    let node = this.find(segments);
    if (node === undefined) return;
    node.document = undefined;
    while (node.document === undefined && node.collections === undefined) {
      const collection: Collection | undefined = node.collection;
      if (collection === undefined) return;
      collection.nodes.delete(node.id);
      if (collection.nodes.size > 0) return;
      this.#removeCollection(collection);
      node = collection.parent;
    }
  }

  /** All collections with an id, by path. `nested` says that one of them lies below another. */
  group(collectionId: string): { readonly collections: readonly Collection[]; readonly nested: boolean } {
    const group = this.#groups.get(collectionId);
    if (group === undefined) return { collections: [], nested: false };
    if (group.sorted === undefined) {
      const sorted = [...group.members].toSorted((a, b) => compareSegments(a.path, b.path));
      group.sorted = sorted;
      // All paths between a path and one below it lie below it too, so it is enough to check neighbours.
      group.nested = sorted.some((one, index) => liesBelow(sorted[index + 1]?.path, one.path));
    }
    return { collections: group.sorted, nested: group.nested };
  }

  #collectionBelow(node: DocumentNode, path: readonly string[]): Collection {
    const id = path.at(-1)!;
    node.collections ??= new SortedList();
    const existing = node.collections.get(id);
    if (existing !== undefined) return existing;
    const collection: Collection = { id, path, parent: node, nodes: new SortedList() };
    node.collections.insert(collection);
    const group = this.#groups.get(id) ?? { members: new Set(), sorted: undefined, nested: false };
    group.members.add(collection);
    group.sorted = undefined;
    this.#groups.set(id, group);
    return collection;
  }

  #removeCollection(collection: Collection): void {
    const { parent, id } = collection;
    parent.collections?.delete(id);
    if (parent.collections?.size === 0) parent.collections = undefined;
    const group = this.#groups.get(id);
    if (group === undefined) return;
    group.members.delete(collection);
    group.sorted = undefined;
    if (group.members.size === 0) this.#groups.delete(id);
  }
}

/** Whether a path is `ancestor` or lies below it. */
export function liesBelow(path: readonly string[] | undefined, ancestor: readonly string[]): boolean {
  return (
    path !== undefined &&
    path.length >= ancestor.length &&
    ancestor.every((segment, index) => compareIds(segment, path[index]!) === 0)
  );
}

/** The path of a document's place. */
export function pathOf(node: DocumentNode): readonly string[] {
  return node.collection === undefined ? [] : [...node.collection.path, node.id];
}
