import { type ItemJson, type StoredItem, textOf } from '@migrator/core';

/** An answer to BatchGetItem, its items still as bytes. */
export interface SplitResponse {
  /** By their `dateKey`. */
  readonly items: Map<string, ItemJson>;
  /** All but the items. */
  readonly rest: { readonly [member: string]: unknown };
  /** What the items lie in, where nothing else does. */
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
/** What of this is searched for: it begins with a letter that is rare in an item, and so is found many times quicker. */
const partOfKey = Buffer.from('Key":{"');
const beforePart = 5;
/** A list in an item has no such element: its elements have one name, of a kind (`S`, `M` …). Nor has text such quotes. */
const beginnings = ['data', 'dateKey', 'updatedAt'].map((name) => Buffer.from(`,{"${name}":`));
const beginsWithKey = beginnings[1]!;

/** 1 for a quote, 2 for what opens, 3 for what closes. */
const structure = new Uint8Array(256);
structure[QUOTE] = 1;
structure[OPEN] = structure[OPEN_LIST] = 2;
structure[CLOSE] = structure[CLOSE_LIST] = 3;

/** Reads an answer without making an object of any item. Undefined if it is no JSON. */
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

/** The same of JSON that is written in a way that DynamoDB does not use: with blanks, say, or with names in escapes. */
function parsed(answer: Uint8Array): SplitResponse | undefined {
  try {
    const { Responses, ...rest } = JSON.parse(slice(answer, 0, answer.length)) as {
      Responses?: { [table: string]: StoredItem[] };
    };
    const found = Object.values(Responses ?? {}).flat();
    return { items: new Map(found.map((item) => [keyOf(item), Buffer.from(JSON.stringify(item))])), rest };
  } catch {
    return undefined;
  }
}

/** Goes over an answer once; throws a SyntaxError at what it does not expect. */
class Cutter {
  readonly #bytes: Uint8Array;
  #at = 0;
  /** Whether the items so far were of the usual form, so that the next one is likely to be. */
  #isUsual = true;
  /** Where the next key stands, as far as its name tells. */
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
      if (this.#isUsual && this.#quickly(items)) return;
      this.#isUsual = false;
      this.#item(items);
    });
  }

  /**
   * An item that ends soon behind its key or begins with it, so that its contents need not be looked at: the key is searched for.
   * That this is the item's own shows by what comes behind the item, and by its being the only one of the name in the
   * item: every item has one. False, with nothing done, where that is not so.
   */
  #quickly(items: Map<string, ItemJson>): boolean {
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

  /** Behind the members that are left, and what closes the item. */
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

  /** Where the next key begins, from here on; -1 if there is none. */
  #keyFrom(from: number): number {
    for (let at = from; ; at += partOfKey.length) {
      at = Buffer.prototype.indexOf.call(this.#bytes, partOfKey, at);
      if (at === -1 || this.#isAt(keyIs, at - beforePart)) return at === -1 ? -1 : at - beforePart;
    }
  }

  /** Whether these bytes are here. */
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

  /** `member` has to go past the value. */
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

  /** Text behind its opening quote. */
  #text(): string {
    const from = this.#at;
    const end = endOfText(this.#bytes, from);
    const text = slice(this.#bytes, from, end);
    if (text.includes('\\')) throw unexpected();
    this.#at = end + 1;
    return text;
  }

  /** The JSON of a value. */
  #value(): string {
    const from = this.#at;
    this.#pass();
    return slice(this.#bytes, from, this.#at);
  }

  /** Goes past one value. */
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

/** Behind the bracket that closes what opens at `from`. This is where the time goes. */
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

/** Where the closing quote of the text is. */
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

/** An item's key; empty where there is none. */
export function keyOf(item: StoredItem): string {
  return textOf(item['dateKey']) ?? '';
}
