import { parseJson } from '@migrator/core';

export const QUOTE = 34;
export const COMMA = 44;
export const COLON = 58;
const OPEN_LIST = 91;
const BACKSLASH = 92;
export const CLOSE_LIST = 93;
export const OPEN = 123;
export const CLOSE = 125;

/** 1 for a quote, 2 for what opens, 3 for what closes. */
const structure = new Uint8Array(256);
structure[QUOTE] = 1;
structure[OPEN] = structure[OPEN_LIST] = 2;
structure[CLOSE] = structure[CLOSE_LIST] = 3;

/**
 * Cuts a response into its parts without parsing them. Every method throws a SyntaxError for a form that DynamoDB
 * does not use, for example white space or escaped names.
 */
export class JsonCutter {
  readonly bytes: Uint8Array;
  /** The offset of the next byte. */
  at = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  /** Reads an object. `member` has to skip the value. */
  object(member: (name: string) => void): void {
    this.take(OPEN);
    if (this.takes(CLOSE)) return;
    do {
      this.take(QUOTE);
      const name = this.text();
      this.take(COLON);
      member(name);
    } while (this.takes(COMMA));
    this.take(CLOSE);
  }

  /** Reads a list. `element` has to skip one element. */
  list(element: () => void): void {
    this.take(OPEN_LIST);
    if (this.takes(CLOSE_LIST)) return;
    do element();
    while (this.takes(COMMA));
    this.take(CLOSE_LIST);
  }

  /** Reads text after its opening quote. */
  text(): string {
    const from = this.at;
    const end = endOfText(this.bytes, from);
    const text = utf8(this.bytes, from, end);
    if (text.includes('\\')) throw unexpected();
    this.at = end + 1;
    return text;
  }

  /** Parses a value. */
  value(): unknown {
    const from = this.at;
    this.pass();
    return JSON.parse(utf8(this.bytes, from, this.at));
  }

  /** Skips one value. */
  pass(): void {
    const { bytes } = this;
    const kind = structure[bytes[this.at]!];
    if (kind === 1) this.at = endOfText(bytes, this.at + 1) + 1;
    else if (kind === 2) this.at = behindWhatCloses(bytes, this.at);
    else
      while (this.at < bytes.length && bytes[this.at] !== COMMA && structure[bytes[this.at]!] !== 3)
        this.at++;
  }

  takes(byte: number): boolean {
    if (this.bytes[this.at] !== byte) return false;
    this.at++;
    return true;
  }

  take(byte: number): void {
    if (!this.takes(byte)) throw unexpected();
  }
}

/** A response whose items are bytes of the answer. */
export interface Split<Items> {
  readonly items: Items;
  /** All but the items. */
  readonly rest: { readonly [member: string]: unknown };
  /** The memory of the items, if it holds nothing else. */
  readonly memory: ArrayBuffer | undefined;
}

/** The member of a response that holds the items. */
export interface ItemsMember<Items> {
  readonly name: string;
  cut(cutter: JsonCutter): Items;
  /** The same for a parsed value; undefined: the response has no such member. */
  parse(value: unknown): Items;
}

/** Splits a response without creating objects for its items. Undefined if it is no JSON. */
export function splitResponse<Items>(
  answer: Uint8Array,
  member: ItemsMember<Items>,
): Split<Items> | undefined {
  try {
    const cutter = new JsonCutter(answer);
    const rest: Record<string, unknown> = {};
    let items: Items | undefined;
    cutter.object((name) => {
      if (name === member.name) items = member.cut(cutter);
      else rest[name] = cutter.value();
    });
    if (cutter.at !== answer.length) throw unexpected();
    const { buffer } = answer;
    const isItsOwn = buffer.byteLength === answer.length && buffer instanceof ArrayBuffer;
    return { items: items ?? member.parse(undefined), rest, memory: isItsOwn ? buffer : undefined };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  try {
    const json = parseJson(utf8(answer, 0, answer.length)) as Record<string, unknown>;
    const { [member.name]: items, ...rest } = json;
    return { items: member.parse(items), rest, memory: undefined };
  } catch {
    return undefined;
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
export function endOfText(bytes: Uint8Array, from: number): number {
  for (let at = from; at < bytes.length; at++) {
    const byte = bytes[at]!;
    if (byte === QUOTE) return at;
    if (byte === BACKSLASH) at++;
  }
  throw unexpected();
}

export function unexpected(): SyntaxError {
  return new SyntaxError('not as DynamoDB writes its answers');
}

export function utf8(bytes: Uint8Array, from: number, to: number): string {
  return Buffer.prototype.utf8Slice.call(bytes, from, to);
}
