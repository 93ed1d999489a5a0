import { type ItemJson, parseJson, type StoredItem, textOf } from '@migrator/core';

/** A response to BatchGetItem, with items as bytes. */
export interface SplitResponse {
  /** The items by `dateKey`. */
  readonly items: Map<string, ItemJson>;
  /** All but the items. */
  readonly rest: { readonly [member: string]: unknown };
  /** The memory of the items, if it holds nothing else. */
  readonly memory?: ArrayBuffer;
}

const QUOTE = 34;
const COMMA = 44;
const COLON = 58;
const OPEN_LIST = 91;
const BACKSLASH = 92;
const CLOSE_LIST = 93;
const OPEN = 123;
const CLOSE = 125;
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

/** 1 for a quote, 2 for what opens, 3 for what closes. */
const structure = new Uint8Array(256);
structure[QUOTE] = 1;
structure[OPEN] = structure[OPEN_LIST] = 2;
structure[CLOSE] = structure[CLOSE_LIST] = 3;

/** Parses a response without creating objects for items. Undefined if it is no JSON. */
export function splitBatchGetResponse(answer: Uint8Array): SplitResponse | undefined {
  try {
    const cut = new Cutter(answer).answer();
    const { buffer } = answer;
    const isItsOwn = buffer.byteLength === answer.length && buffer instanceof ArrayBuffer;
    return isItsOwn ? { ...cut, memory: buffer } : cut;
  } catch (error) {
    if (error instanceof SyntaxError) return parsed(answer);
    throw error;
  }
}

/** The same for JSON in a form that DynamoDB does not use, for example with white space or escaped names. */
function parsed(answer: Uint8Array): SplitResponse | undefined {
  try {
    const { Responses, ...rest } = parseJson(slice(answer, 0, answer.length)) as {
      Responses?: { [table: string]: StoredItem[] };
    };
    const found = Object.values(Responses ?? {}).flat();
    return { items: new Map(found.map((item) => [keyOf(item), Buffer.from(JSON.stringify(item))])), rest };
  } catch {
    return undefined;
  }
}

/** Parses a response in one pass; throws a SyntaxError for an unexpected form. */
class Cutter {
  readonly #bytes: Uint8Array;
  #at = 0;
  /** Whether all items so far had the usual form, so that the next one probably has it. */
  #isUsual = true;
  /** The offset of the next text that looks like a key. */
  #keyAt = -1;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  answer(): SplitResponse {
    const items = new Map<string, ItemJson>();
    const rest: Record<string, unknown> = {};
    this.#object((name) => {
      if (name === 'Responses') this.#object(() => this.#items(items));
      else rest[name] = JSON.parse(this.#value());
    });
    if (this.#at !== this.#bytes.length) throw unexpected();
    return { items, rest };
  }

  #items(items: Map<string, ItemJson>): void {
    this.#keyAt = this.#keyFrom(this.#at);
    this.#list(() => {
      if (this.#isUsual && this.#fastPath(items)) return;
      this.#isUsual = false;
      this.#item(items);
    });
  }

  /**
   * Fast path for an item that begins with its key or ends soon after it: searches for the key instead of parsing the
   * item. The key found is the item's own if an item ends after it and the name occurs only once, because every item
   * has one. Otherwise returns false and changes nothing.
   */
  #fastPath(items: Map<string, ItemJson>): boolean {
    const bytes = this.#bytes;
    const from = this.#at;
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
    const key = slice(bytes, textFrom, textTo);
    if (key.includes('\\')) return false;
    items.set(key, bytes.subarray(from, to));
    this.#at = to;
    this.#keyAt = next;
    return true;
  }

  /** The offset after the remaining members and the item's closing brace. */
  #behindRest(from: number): number {
    const at = this.#at;
    this.#at = from;
    while (this.#takes(COMMA)) {
      this.#take(QUOTE);
      this.#at = endOfText(this.#bytes, this.#at) + 1;
      this.#take(COLON);
      this.#pass();
    }
    this.#take(CLOSE);
    const to = this.#at;
    this.#at = at;
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

  #item(items: Map<string, ItemJson>): void {
    const from = this.#at;
    let key: string | undefined;
    this.#take(OPEN);
    do {
      this.#take(QUOTE);
      const nameFrom = this.#at;
      const nameTo = endOfText(this.#bytes, nameFrom);
      this.#at = nameTo + 1;
      this.#take(COLON);
      if (isDateKey(this.#bytes, nameFrom, nameTo)) key = this.#key();
      else this.#pass();
    } while (this.#takes(COMMA));
    this.#take(CLOSE);
    if (key === undefined) throw unexpected();
    items.set(key, this.#bytes.subarray(from, this.#at));
  }

  #key(): string {
    for (const byte of startOfKey) this.#take(byte);
    const key = this.#text();
    this.#take(CLOSE);
    return key;
  }

  /** Parses an object. `member` has to skip the value. */
  #object(member: (name: string) => void): void {
    this.#take(OPEN);
    if (this.#takes(CLOSE)) return;
    do {
      this.#take(QUOTE);
      const name = this.#text();
      this.#take(COLON);
      member(name);
    } while (this.#takes(COMMA));
    this.#take(CLOSE);
  }

  #list(element: () => void): void {
    this.#take(OPEN_LIST);
    if (this.#takes(CLOSE_LIST)) return;
    do element();
    while (this.#takes(COMMA));
    this.#take(CLOSE_LIST);
  }

  /** Parses text after its opening quote. */
  #text(): string {
    const from = this.#at;
    const end = endOfText(this.#bytes, from);
    const text = slice(this.#bytes, from, end);
    if (text.includes('\\')) throw unexpected();
    this.#at = end + 1;
    return text;
  }

  /** Returns the JSON text of a value. */
  #value(): string {
    const from = this.#at;
    this.#pass();
    return slice(this.#bytes, from, this.#at);
  }

  /** Skips one value. */
  #pass(): void {
    const bytes = this.#bytes;
    const kind = structure[bytes[this.#at]!];
    if (kind === 1) this.#at = endOfText(bytes, this.#at + 1) + 1;
    else if (kind === 2) this.#at = behindWhatCloses(bytes, this.#at);
    else
      while (this.#at < bytes.length && bytes[this.#at] !== COMMA && structure[bytes[this.#at]!] !== 3)
        this.#at++;
  }

  #takes(byte: number): boolean {
    if (this.#bytes[this.#at] !== byte) return false;
    this.#at++;
    return true;
  }

  #take(byte: number): void {
    if (!this.#takes(byte)) throw unexpected();
  }
}

/** The offset after the bracket that closes the one at `from`. The hot loop. */
function behindWhatCloses(bytes: Uint8Array, from: number): number {
  let depth = 0;
  for (let at = from; at < bytes.length; at++) {
    const kind = structure[bytes[at]!];
    if (kind === 0) continue;
    if (kind === 1) at = endOfText(bytes, at + 1);
    else if (kind === 2) depth++;
    else if (--depth === 0) return at + 1;
  }
  throw unexpected();
}

/** The offset of the closing quote of the text. */
function endOfText(bytes: Uint8Array, from: number): number {
  for (let at = from; at < bytes.length; at++) {
    const byte = bytes[at]!;
    if (byte === QUOTE) return at;
    if (byte === BACKSLASH) at++;
  }
  throw unexpected();
}

function isDateKey(bytes: Uint8Array, from: number, to: number): boolean {
  if (to - from !== dateKeyName.length) return false;
  for (let i = 0; i < dateKeyName.length; i++) if (bytes[from + i] !== dateKeyName[i]) return false;
  return true;
}

function unexpected(): SyntaxError {
  return new SyntaxError('not as DynamoDB writes its answers');
}

function slice(bytes: Uint8Array, from: number, to: number): string {
  return Buffer.prototype.utf8Slice.call(bytes, from, to);
}

/** An item's key; '' if there is none. */
export function keyOf(item: StoredItem): string {
  return textOf(item['dateKey']) ?? '';
}
