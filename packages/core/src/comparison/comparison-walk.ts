import protobuf from 'protobufjs/minimal.js';
import type { StoredAttribute } from '../ports/target.ts';
import { placeOfElement, placeOfField } from '../values/field-place.ts';
import type { FieldDifference } from './entry-comparison.ts';

const longestText = 200;

/** What one walk over a document and its item carries along: where it is, and what has been found different. */
export class ComparisonWalk {
  readonly reader: protobuf.Reader;
  readonly differences: FieldDifference[] = [];
  /** End of the value that `openEntry` has just gone to. */
  valueEnd = 0;
  readonly #limit: number;
  /** The way to the value that is being compared, from `data` on: names and indexes. */
  readonly #way: (string | number)[] = [];
  #database: string | undefined;

  constructor(document: Uint8Array, limit: number) {
    this.reader = new protobuf.Reader(document);
    this.#limit = limit;
  }

  enter(step: string | number): void {
    this.#way.push(step);
  }

  leave(): void {
    this.#way.pop();
  }

  /** Where the walk is, such as `data.trades[3].price`. */
  place(): string {
    let place = '';
    for (const step of this.#way) {
      place = typeof step === 'number' ? placeOfElement(place, step) : placeOfField(place, step);
    }
    return place;
  }

  /** Notes a difference at the walk's place, or at `name` below it. Absent sides: nothing should be or is there. */
  differs(
    expected: StoredAttribute | string | undefined,
    actual: StoredAttribute | undefined,
    name?: string,
  ): void {
    if (this.differences.length >= this.#limit) return;
    const here = this.place();
    this.differences.push({
      at: name === undefined ? here : placeOfField(here, name),
      ...(expected === undefined
        ? {}
        : { expected: typeof expected === 'string' ? expected : shown(expected) }),
      ...(actual === undefined ? {} : { actual: shown(actual) }),
    });
  }

  /** `projects/…/databases/…/documents/` as the document's own name has it, '' if it has none. */
  database(): string {
    this.#database ??= databaseOf(this.reader.buf);
    return this.#database;
  }
}

function shown(attribute: StoredAttribute): string {
  const text = JSON.stringify(attribute);
  return text.length <= longestText ? text : `${text.slice(0, longestText)}…`;
}

function databaseOf(document: Uint8Array): string {
  const reader = new protobuf.Reader(document);
  while (reader.pos < reader.len) {
    const tag = reader.tag();
    if (tag >>> 3 === 1)
      return /^projects\/[^/]*\/databases\/[^/]*\/documents\//.exec(reader.string())?.[0] ?? '';
    reader.skipType(tag & 7);
  }
  return '';
}
