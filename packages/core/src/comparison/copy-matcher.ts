import {
  ARRAY_VALUE,
  BOOLEAN_VALUE,
  DOUBLE_VALUE,
  ELEMENT,
  ENTRY_KEY,
  ENTRY_VALUE,
  INTEGER_VALUE,
  MAP_VALUE,
  NANOS,
  NULL_VALUE,
  SECONDS,
  STRING_VALUE,
  TIMESTAMP_VALUE,
} from '../values/value-tags.ts';
import { CLOSE, CLOSE_LIST, COLON, COMMA, constant, half, ItemText, QUOTE, word } from './item-text.ts';
import { behindDouble, behindInteger } from './match-number.ts';
import { isTimestampAt } from './timestamp-text.ts';

const BYTES = 2;
/** Marks a field that has been matched. */
const taken = -1;
const placesKept = 4_096;
const no = -1;
const timestampLength = 27;
/** The field name that distinguishes a vector from a map. */
const vectorMark = Buffer.from('__type__');
const isTrue = constant('{"BOOL":true}');
const isFalse = constant('{"BOOL":false}');
const isNull = constant('{"NULL":true}');
/** How an attribute begins, by its type, and how its value begins. */
const [S, N, M, L] = ['{"S"', '{"N"', '{"M"', '{"L"'].map(word) as [number, number, number, number];
const [openText, openMap, openList] = [':"', ':{', ':['].map(half) as [number, number, number];
const opening = 6;
const closeText = half('"}');
const closeName = half('":');

/**
 * Compares a document with the JSON of its item. The item is read once, from the first byte to the last. For each
 * name the field is looked up in the document, where values have length prefixes, so that skipping one is cheap.
 *
 * Every method returns whether document and item are equal from the current position, and advances both. Methods for
 * values take the item's offset and return the offset after the value, or `no`; an offset that is passed on stays in
 * a register. False or `no` means "not decided": a difference, or a form too rare for a fast path. Lengths and tags
 * of one or two bytes are read inline, because nearly all are that short.
 */
export class CopyMatcher {
  readonly text = new ItemText();
  document: Uint8Array = new Uint8Array();
  /** Offset in the item's JSON of the name that was read last. */
  nameFrom = 0;
  nameTo = 0;
  /** Offset in the document after what was read last. */
  #at = 0;
  /** Offset of the value of the field that was found last. */
  #valueFrom = 0;
  #valueTo = 0;
  /**
   * The fields of the open maps, the innermost last: where the content of each begins, or `taken`, and where it ends.
   */
  #fields = new Int32Array(1_024);
  #top = 0;
  /** The index among its map's fields at which a field was found last, by map and position (`slotsOf`). */
  readonly #places = new Uint16Array(placesKept);
  /** A view of the memory that holds the document, which begins at `#viewFrom`; replaced only for another chunk. */
  #view: DataView = new DataView(new ArrayBuffer(0));
  #viewFrom = 0;

  open(document: Uint8Array, json: Uint8Array): void {
    this.text.open(json);
    this.document = document;
    if (this.#view.buffer !== document.buffer) this.#view = new DataView(document.buffer);
    this.#viewFrom = document.byteOffset;
    this.#top = 0;
  }

  /** The fields of a map; the item is positioned after the opening brace. */
  #map(from: number, to: number, start: number): number {
    const { json } = this.text;
    if (json[start] === CLOSE) return from === to ? start + 1 : no;
    const base = this.#top;
    const count = this.openFields(ELEMENT, from, to);
    const slots = this.slotsOf(base, count);
    let at = start;
    for (let index = 0; ; at++) {
      at = this.#field(base, count, slots + index++, at);
      if (at === no) return no;
      at = this.#value(this.#valueFrom, this.#valueTo, at);
      if (at === no) return no;
      if (json[at] === COMMA) continue;
      this.#top = base;
      return json[at] === CLOSE && index === count ? at + 1 : no;
    }
  }

  /** Reads a name and its colon if it is the name of the most likely field. */
  takesLikely(base: number, count: number, slot: number): boolean {
    const at = this.#guessed(base, count, slot, this.text.at);
    if (at === no) return false;
    this.text.at = at;
    return true;
  }

  /** Reads a name and its colon, and finds the field. Returns the item's offset after the colon. */
  #field(base: number, count: number, slot: number, start: number): number {
    const at = this.#guessed(base, count, slot, start);
    if (at !== no) return at;
    const { text } = this;
    text.at = start;
    if (!this.name() || this.isName(vectorMark) || !this.find(base, count, slot)) return no;
    return text.at;
  }

  /** The same for a field at the index where one was found last, as nearly all are. */
  #guessed(base: number, count: number, slot: number, start: number): number {
    const { document, text } = this;
    const place = this.#places[slot & (placesKept - 1)]!;
    if (place >= count || text.json[start] !== QUOTE) return no;
    const fields = this.#fields;
    const field = base + 2 * place;
    const at = fields[field]!;
    if (at === taken || document[at] !== ENTRY_KEY) return no;
    const length = document[at + 1]!;
    const nameTo = at + 2 + length;
    const end = fields[field + 1]!;
    if (length >= 0x80 || nameTo + 2 > end || document[nameTo] !== ENTRY_VALUE) return no;
    // Leave a possible vector to the slow path.
    if (length === vectorMark.length && document[at + 2] === vectorMark[0]) return no;
    const viewFrom = this.#viewFrom;
    const behind = text.endOfSame(start + 1, this.#view, viewFrom + at + 2, viewFrom + nameTo);
    if (behind === no || text.view.getInt16(text.viewFrom + behind, true) !== closeName) return no;
    if (!this.#openField(nameTo, end)) return no;
    fields[field] = taken;
    this.nameFrom = start + 1;
    this.nameTo = behind;
    return behind + 2;
  }

  /**
   * The slot of `#places` for the first field of a map; the next ones follow. Maps of one kind have fields of the same
   * names, so the hash is of their number and the first name. It need not be unique, because a place is only a guess.
   */
  slotsOf(base: number, count: number): number {
    const { document } = this;
    const name = this.#fields[base]! + 2;
    return count * 67 + (base & 0xff) * 131 + document[name - 1]! * 17 + document[name]! * 29;
  }

  /** Reads a name and its colon. */
  name(): boolean {
    const { text } = this;
    if (!text.takes(QUOTE)) return false;
    this.nameFrom = text.at;
    this.nameTo = text.endOfPlain();
    return this.nameTo !== -1 && text.takes(COLON);
  }

  /** Whether it equals the name that was read last. */
  isName(name: Uint8Array): boolean {
    const { nameFrom } = this;
    if (this.nameTo - nameFrom !== name.length) return false;
    const { json } = this.text;
    for (let i = 0; i < name.length; i++) if (json[nameFrom + i] !== name[i]) return false;
    return true;
  }

  /** Opens a map or the document: records where each field with `tag` is. Returns their number; -1 if not decided. */
  openFields(tag: number, from: number, to: number): number {
    const { document } = this;
    const base = this.#top;
    let at = from;
    while (at < to) {
      const found = document[at];
      const content = this.#behindLength(at);
      at = this.#at;
      if (at === -1 || at > to) return -1;
      if (found !== tag) continue;
      if (this.#top + 2 > this.#fields.length) this.#moreRoom();
      this.#fields[this.#top++] = content;
      this.#fields[this.#top++] = at;
    }
    return (this.#top - base) >> 1;
  }

  #moreRoom(): void {
    const fields = new Int32Array(this.#fields.length * 2);
    fields.set(this.#fields);
    this.#fields = fields;
  }

  /**
   * Searches the fields recorded from `base` on for the name that was read last. Marks it as taken; `value` then reads
   * it. Maps of a run are alike, so the search begins at the index where it was found last.
   */
  find(base: number, count: number, slot: number): boolean {
    const fields = this.#fields;
    const { document, nameFrom } = this;
    const { json } = this.text;
    const nameLength = this.nameTo - nameFrom;
    let place = this.#places[slot & (placesKept - 1)]!;
    for (let tried = 0; tried < count; tried++, place++) {
      if (place >= count) place = 0;
      const at = fields[base + 2 * place]!;
      // Only names shorter than 128 bytes are found here.
      if (at === taken || document[at] !== ENTRY_KEY || document[at + 1] !== nameLength) continue;
      let i = 0;
      while (i < nameLength && document[at + 2 + i] === json[nameFrom + i]) i++;
      if (i < nameLength) continue;
      this.#places[slot & (placesKept - 1)] = place;
      fields[base + 2 * place] = taken;
      return this.#openField(at + 2 + nameLength, fields[base + 2 * place + 1]!);
    }
    return false;
  }

  #openField(at: number, end: number): boolean {
    if (this.document[at] !== ENTRY_VALUE) return false;
    this.#valueFrom = this.#behindLength(at);
    this.#valueTo = end;
    return this.#at === end;
  }

  /**
   * Reads a tag of one byte and the length after it. Returns where the content begins and sets `#at` to its end; -1
   * for any other tag.
   */
  #behindLength(at: number): number {
    const { document } = this;
    const tag = document[at]!;
    const length = document[at + 1]!;
    if ((tag & 7) !== BYTES || tag >= 0x80 || tag < 8) this.#at = -1;
    else if (length < 0x80) {
      this.#at = at + 2 + length;
      return at + 2;
    } else this.#readLength(at + 1);
    return this.#content;
  }

  /** Offset after the length that was read last. */
  #content = 0;

  /** Reads a length, and sets `#at` to the end of its content. */
  #readLength(at: number): void {
    this.#at = at;
    const length = this.#varint();
    this.#content = this.#at;
    this.#at += length;
  }

  /** Compares the value of the field that was found last with the next attribute. */
  value(): boolean {
    const end = this.#value(this.#valueFrom, this.#valueTo, this.text.at);
    if (end === no) return false;
    this.text.at = end;
    return true;
  }

  #value(from: number, end: number, start: number): number {
    const { document } = this;
    if (from >= end) return no;
    let kind = document[from]!;
    let at = from + 1;
    if (kind >= 0x80) kind = (kind & 0x7f) | (document[at++]! << 7);
    if ((kind & 7) === BYTES) {
      const length = document[at]!;
      if (length < 0x80) {
        at++;
        if (at + length !== end) return no;
      } else {
        this.#readLength(at);
        at = this.#content;
        if (this.#at !== end) return no;
      }
    }
    switch (kind) {
      case STRING_VALUE:
        return this.#opens(S, openText, start) ? this.#string(at, end, start + opening) : no;
      case DOUBLE_VALUE:
        return at + 8 === end ? this.#double(at, start) : no;
      case INTEGER_VALUE: {
        this.#at = at;
        const value = this.#int64();
        if (this.#at !== end || !this.#opens(N, openText, start)) return no;
        return this.#closed(behindInteger(this.text, start + opening, value));
      }
      case MAP_VALUE:
        return this.#opens(M, openMap, start) ? this.#closed(this.#map(at, end, start + opening)) : no;
      case TIMESTAMP_VALUE:
        return this.#opens(S, openText, start) ? this.#timestamp(at, end, start + opening) : no;
      case ARRAY_VALUE:
        return this.#opens(L, openList, start) ? this.#closed(this.#list(at, end, start + opening)) : no;
      case BOOLEAN_VALUE:
        if (at + 1 !== end || document[at]! > 1) return no;
        return this.#constant(document[at] === 1 ? isTrue : isFalse, start);
      case NULL_VALUE:
        return at + 1 === end && document[at] === 0 ? this.#constant(isNull, start) : no;
      default:
        return no;
    }
  }

  /** Whether the item has the beginning of an attribute of this type at `at`, such as `{"S":"`. */
  #opens(kind: number, begin: number, at: number): boolean {
    const { view, viewFrom } = this.text;
    return view.getInt32(viewFrom + at, true) === kind && view.getInt16(viewFrom + at + 4, true) === begin;
  }

  /** The offset after the brace that closes an attribute whose value ends at `at`; `no` if there is none. */
  #closed(at: number): number {
    return at !== no && this.text.json[at] === CLOSE ? at + 1 : no;
  }

  #closedText(at: number): number {
    const { view, viewFrom } = this.text;
    return view.getInt16(viewFrom + at, true) === closeText ? at + 2 : no;
  }

  #constant(bytes: DataView, at: number): number {
    const { text } = this;
    text.at = at;
    return text.takesAll(bytes) ? text.at : no;
  }

  #string(from: number, to: number, start: number): number {
    const { text } = this;
    let at = text.endOfSame(start, this.#view, this.#viewFrom + from, this.#viewFrom + to);
    if (at === no) at = text.endOfEscaped(start, this.document, from, to);
    return at === no ? no : this.#closedText(at);
  }

  #list(from: number, end: number, start: number): number {
    const { json } = this.text;
    let at = start;
    let next = from;
    while (next < end) {
      if (next > from && json[at++] !== COMMA) return no;
      if (this.document[next] !== ELEMENT) return no;
      const content = this.#behindLength(next);
      next = this.#at;
      if (next > end) return no;
      at = this.#value(content, next, at);
      if (at === no) return no;
    }
    return json[at] === CLOSE_LIST ? at + 1 : no;
  }

  #double(from: number, start: number): number {
    const value = this.#view.getFloat64(this.#viewFrom + from, true);
    const magnitude = Math.abs(value);
    if (value === 0 || (magnitude >= 1e-130 && magnitude < 1e126)) {
      return this.#opens(N, openText, start)
        ? this.#closed(behindDouble(this.text, start + opening, value))
        : no;
    }
    if (!this.#opens(S, openText, start)) return no;
    const at = this.#constant(constant(String(value)), start + opening);
    return at === no ? no : this.#closedText(at);
  }

  #timestamp(from: number, end: number, start: number): number {
    const { text } = this;
    let seconds = 0;
    let nanos = 0;
    this.#at = from;
    while (this.#at < end) {
      const tag = this.#varint();
      if (tag === SECONDS) seconds = this.#int64();
      else if (tag === NANOS) nanos = this.#int64();
      else return no;
    }
    if (this.#at !== end || !isTimestampAt(text.view, text.viewFrom + start, seconds, nanos)) return no;
    return this.#closedText(start + timestampLength);
  }

  /** Reads a varint below 2^28. A larger or truncated one gives a number that exceeds any length. */
  #varint(): number {
    const { document } = this;
    let value = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = document[this.#at++]!;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    return 0x7fff_ffff;
  }

  /** Reads a 64-bit integer as a double; NaN if a double can't hold it exactly. */
  #int64(): number {
    const { document } = this;
    let at = this.#at;
    // Four bytes fit into 32 bits.
    let small = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = document[at++]!;
      small |= (byte & 0x7f) << shift;
      if (byte < 0x80) {
        this.#at = at;
        return small;
      }
    }
    this.#at = at;
    let low = small;
    let scale = 2 ** 28;
    for (let i = 4; i < 7; i++) {
      const byte = document[this.#at++]!;
      low += (byte & 0x7f) * scale;
      if (byte < 0x80) return low;
      scale *= 128;
    }
    // From the 50th bit on: the top of a large number, or of any negative one.
    let high = 0;
    for (let i = 0; ; i++) {
      const byte = document[this.#at++]!;
      high |= (byte & 0x7f) << (i * 7);
      if (byte < 0x80) break;
      // The tenth byte has to be the last.
      if (i === 2) return Number.NaN;
    }
    if (high === allOnes) return low - scale;
    return high < 8 ? low + high * scale : Number.NaN;
  }
}

/** The 15 bits above the 49th of a negative number that is not below -2^49. */
const allOnes = 0x7fff;
