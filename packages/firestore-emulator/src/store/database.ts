import { formatName } from '../names/resource-name.ts';
import type { Clock } from './clock.ts';
import { DocumentTree } from './document-tree.ts';
import type { StoredDocument } from './stored-document.ts';

/** One database: its documents and when they last changed. Times are in microseconds since 1970. */
export class Database {
  readonly tree = new DocumentTree();
  readonly name: string;
  readonly clock: Clock;
  readonly #changes = new Map<string, number>();
  #lastChange = 0;

  constructor(name: string, clock: Clock) {
    this.name = name;
    this.clock = clock;
  }

  get(segments: readonly string[]): StoredDocument | undefined {
    return this.tree.find(segments)?.document;
  }

  /** Puts a document, or takes it away when it is undefined, as part of the commit at `time`. */
  change(segments: readonly string[], document: StoredDocument | undefined, time: number): void {
    if (document === undefined) this.tree.remove(segments);
    else this.tree.put(segments, document);
    this.#changes.set(segments.at(-2)!, time);
    this.#lastChange = time;
  }

  /** When a collection of this id changed last, any collection when it is undefined; 0 for never. */
  lastChange(collectionId?: string): number {
    return collectionId === undefined ? this.#lastChange : (this.#changes.get(collectionId) ?? 0);
  }

  nameOf(segments: readonly string[]): string {
    return formatName({ database: this.name, segments });
  }
}
