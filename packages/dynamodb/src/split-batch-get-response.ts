import { type ItemJson, type StoredItem, textOf } from '@migrator/core';
import {
  CLOSE,
  CLOSE_LIST,
  COLON,
  COMMA,
  endOfText,
  type JsonCutter,
  OPEN,
  QUOTE,
  type Split,
  splitResponse,
  unexpected,
  utf8,
} from './json-cutter.ts';

const dateKeyName = Buffer.from('dateKey');
const startOfKey = Buffer.from('{"S":"');
const keyIs = Buffer.from('"dateKey":{"S":"');
/**
 * The searched part of it: it begins with a letter that is rare in an item, which makes the search many times faster.
 */
const partOfKey = Buffer.from('Key":{"');
const beforePart = 5;
/**
 * Cannot occur inside an item: an element of a list has a type (`S`, `M` …) as its name, and quotes in text are
 * escaped.
 */
const beginnings = ['data', 'dateKey', 'updatedAt'].map((name) => Buffer.from(`,{"${name}":`));
const beginsWithKey = beginnings[1]!;

/** A response to BatchGetItem: its items by `dateKey`. Undefined if it is no JSON. */
export function splitBatchGetResponse(answer: Uint8Array): Split<Map<string, ItemJson>> | undefined {
  return splitResponse(answer, responses);
}

const responses = {
  name: 'Responses',
  cut(cutter: JsonCutter): Map<string, ItemJson> {
    const reader = new ItemReader(cutter);
    cutter.object(() => reader.table());
    return reader.items;
  },
  parse(tables?: { readonly [table: string]: readonly StoredItem[] }): Map<string, ItemJson> {
    const found = Object.values(tables ?? {}).flat();
    return new Map(found.map((item) => [keyOf(item), Buffer.from(JSON.stringify(item))]));
  },
};

/** Reads the items of a table. */
class ItemReader {
  readonly items = new Map<string, ItemJson>();
  readonly #cutter: JsonCutter;
  readonly #bytes: Uint8Array;
  /** Whether all items so far had the usual form, so that the next one probably has it. */
  #isUsual = true;
  /** The offset of the next text that looks like a key. */
  #keyAt = -1;

  constructor(cutter: JsonCutter) {
    this.#cutter = cutter;
    this.#bytes = cutter.bytes;
  }

  table(): void {
    this.#keyAt = this.#keyFrom(this.#cutter.at);
    this.#cutter.list(() => {
      if (this.#isUsual && this.#fastPath()) return;
      this.#isUsual = false;
      this.#item();
    });
  }

  /**
   * Fast path for an item that begins with its key or ends soon after it: searches for the key instead of parsing the
   * item. The key found is the item's own if an item ends after it and the name occurs only once, because every item
   * has one. Otherwise returns false and changes nothing.
   */
  #fastPath(): boolean {
    const bytes = this.#bytes;
    const from = this.#cutter.at;
    const keyAt = this.#keyAt;
    if (keyAt === -1 || bytes[from] !== OPEN) return false;
    const textFrom = keyAt + keyIs.length;
    const textTo = endOfText(bytes, textFrom);
    const next = this.#keyFrom(textTo);
    let to = textTo + 1;
    if (keyAt === from + 1) {
      if (next === -1 || bytes[to] !== CLOSE) return false;
      to = next - 2;
      if (!this.#isAt(beginsWithKey, to)) return false;
    } else {
      if (bytes[keyAt - 1] !== COMMA || bytes[to++] !== CLOSE) return false;
      to = this.#behindRest(to);
      if (next !== -1 && next < to) return false;
      if (bytes[to] !== CLOSE_LIST && !beginnings.some((beginning) => this.#isAt(beginning, to)))
        return false;
    }
    if (bytes[to - 1] !== CLOSE) return false;
    const key = utf8(bytes, textFrom, textTo);
    if (key.includes('\\')) return false;
    this.items.set(key, bytes.subarray(from, to));
    this.#cutter.at = to;
    this.#keyAt = next;
    return true;
  }

  /** The offset after the remaining members and the item's closing brace. */
  #behindRest(from: number): number {
    const cutter = this.#cutter;
    const { at } = cutter;
    cutter.at = from;
    while (cutter.takes(COMMA)) {
      cutter.take(QUOTE);
      cutter.at = endOfText(this.#bytes, cutter.at) + 1;
      cutter.take(COLON);
      cutter.pass();
    }
    cutter.take(CLOSE);
    const to = cutter.at;
    cutter.at = at;
    return to;
  }

  /** The offset of the next key; -1 if there is none. */
  #keyFrom(from: number): number {
    for (let at = from; ; at += partOfKey.length) {
      at = Buffer.prototype.indexOf.call(this.#bytes, partOfKey, at);
      if (at === -1 || this.#isAt(keyIs, at - beforePart)) return at === -1 ? -1 : at - beforePart;
    }
  }

  /** Whether these bytes are at the offset. */
  #isAt(what: Uint8Array, at: number): boolean {
    for (let i = 0; i < what.length; i++) if (this.#bytes[at + i] !== what[i]) return false;
    return true;
  }

  #item(): void {
    const cutter = this.#cutter;
    const from = cutter.at;
    let key: string | undefined;
    cutter.take(OPEN);
    do {
      cutter.take(QUOTE);
      const nameFrom = cutter.at;
      const nameTo = endOfText(this.#bytes, nameFrom);
      cutter.at = nameTo + 1;
      cutter.take(COLON);
      if (isDateKey(this.#bytes, nameFrom, nameTo)) key = this.#key();
      else cutter.pass();
    } while (cutter.takes(COMMA));
    cutter.take(CLOSE);
    if (key === undefined) throw unexpected();
    this.items.set(key, this.#bytes.subarray(from, cutter.at));
  }

  #key(): string {
    for (const byte of startOfKey) this.#cutter.take(byte);
    const key = this.#cutter.text();
    this.#cutter.take(CLOSE);
    return key;
  }
}

function isDateKey(bytes: Uint8Array, from: number, to: number): boolean {
  if (to - from !== dateKeyName.length) return false;
  for (let i = 0; i < dateKeyName.length; i++) if (bytes[from + i] !== dateKeyName[i]) return false;
  return true;
}

/** An item's key; '' if there is none. */
export function keyOf(item: StoredItem): string {
  return textOf(item['dateKey']) ?? '';
}
