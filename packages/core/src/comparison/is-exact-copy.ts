import { isUtf8 } from 'node:buffer';
import type { SourceEntry } from '../ports/source.ts';
import { DOCUMENT_FIELD } from '../values/value-tags.ts';
import { contractDefaults, contractNames } from './contract-fields.ts';
import { CopyMatcher } from './copy-matcher.ts';
import {
  dataIs,
  dateIs,
  dateKeyIs,
  isFromFirestore,
  metadataIs,
  migratedAtIs,
  originalTimestampIs,
  updatedAtIs,
  userIdIs,
} from './frame-texts.ts';
import { CLOSE, COMMA, constant, OPEN, QUOTE } from './item-text.ts';

/** One instance, reused for every item: matching is synchronous. */
const match = new CopyMatcher();

const UNDERSCORE = 95;
/** The defaults of fields that the entry lacks. */
const defaults: readonly { readonly name: Uint8Array; readonly value: DataView }[] = Object.entries(
  contractDefaults,
).map(([name, value]) => ({ name: Buffer.from(name), value: constant(value) }));

const movedNames = contractNames.map((name) => Buffer.from(name));

const keyPrefix = constant('journal_');

/** A text as bytes, encoded again only if it changes: most texts occur twice in an item, and again in the next one. */
class KnownText {
  text = '';
  #bytes = Buffer.alloc(64);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  /** False for text that UTF-8 can't encode. */
  set(text: string): boolean {
    if (text === this.text) return true;
    if (!text.isWellFormed()) return false;
    if (text.length * 3 > this.#bytes.length) {
      this.#bytes = Buffer.alloc(text.length * 3);
      this.#view = new DataView(this.#bytes.buffer);
    }
    this.#length = this.#bytes.write(text);
    this.text = text;
    return true;
  }

  /** Its end if it is at `at`, without escapes; -1: not decided. */
  endAt(at: number): number {
    return match.text.endOfSame(at, this.#view, 0, this.#length);
  }

  /** Skips it if it comes next. */
  isNext(): boolean {
    const { text } = match;
    let end = this.endAt(text.at);
    if (end === -1) end = text.endOfEscaped(text.at, this.#bytes, 0, this.#length);
    if (end === -1) return false;
    text.at = end;
    return true;
  }
}

const userId = new KnownText();
const date = new KnownText();
const updateTime = new KnownText();
/** The previous item's, which is mostly of the same run. */
const migratedAt = new KnownText();

/** Skips a `migratedAt` and its closing quote: any text without escapes. Returns its end; -1 for anything else. */
function endOfRunTime(): number {
  const { text } = match;
  const end = migratedAt.endAt(text.at);
  if (end === -1 || text.json[end] !== QUOTE) return text.endOfPlain();
  text.at = end + 1;
  return end;
}

interface Frame {
  seen: number;
  updatedFrom: number;
  updatedTo: number;
  migratedFrom: number;
  migratedTo: number;
}

/**
 * The fast path of the comparison. True: the item, as the JSON that DynamoDB sent, is an exact copy of the entry, of
 * any run. False: not decided. `diffEntry` then finds out whether it differs or only has a rare form (large integers,
 * binary, references, points, vectors, compressed items, fields with reserved names). Creates no objects.
 */
export function isExactCopy(entry: SourceEntry, itemJson: Uint8Array): boolean {
  return migratedAtOfExactCopy(entry, itemJson) !== undefined;
}

/** The `migratedAt` of an item for which `isExactCopy` is true, else undefined. */
export function migratedAtOfExactCopy(entry: SourceEntry, itemJson: Uint8Array): string | undefined {
  if (!userId.set(entry.userId) || !date.set(entry.date) || !updateTime.set(entry.updateTime))
    return undefined;
  match.open(entry.document, itemJson);
  const { text } = match;
  const frame: Frame = { seen: 0, updatedFrom: 0, updatedTo: 0, migratedFrom: 0, migratedTo: 0 };
  try {
    if (!matchFrame(entry.document, frame) || text.at !== itemJson.length) return undefined;
  } catch (error) {
    // The document or the item ends in the middle of a value, at the end of its memory.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
  const { updatedFrom, updatedTo, migratedFrom, migratedTo } = frame;
  if (updatedTo - updatedFrom !== migratedTo - migratedFrom) return undefined;
  for (let i = 0; i < updatedTo - updatedFrom; i++) {
    if (itemJson[updatedFrom + i] !== itemJson[migratedFrom + i]) return undefined;
  }
  // Equal bytes on both sides may still be invalid UTF-8.
  if (text.beyondAscii && !isUtf8(itemJson)) return undefined;
  if (migratedAt.endAt(migratedFrom) === migratedTo) return migratedAt.text;
  const runTime = Buffer.prototype.utf8Slice.call(itemJson, migratedFrom, migratedTo);
  migratedAt.set(runTime);
  return runTime;
}

function matchFrame(document: Uint8Array, frame: Frame): boolean {
  const { text } = match;
  if (!text.takes(OPEN)) return false;
  do {
    if (text.takesAll(dateKeyIs)) {
      if (!isFirst(frame, 1) || !text.takesAll(keyPrefix)) return false;
      if (!userId.isNext() || !text.takes(UNDERSCORE) || !date.isNext() || !text.takesBoth(QUOTE, CLOSE))
        return false;
    } else if (text.takesAll(updatedAtIs)) {
      frame.updatedFrom = text.at;
      frame.updatedTo = endOfRunTime();
      if (!isFirst(frame, 2) || frame.updatedTo === -1 || !text.takes(CLOSE)) return false;
    } else if (text.takesAll(dataIs)) {
      if (!isFirst(frame, 4) || !matchData(document, frame) || !text.takes(CLOSE)) return false;
    } else {
      return false;
    }
  } while (text.takes(COMMA));
  return text.takes(CLOSE) && frame.seen === allSeen;
}

const allSeen = 0b1_111_111_111;

/** Whether this is the first field of the name; JSON may have duplicates. */
function isFirst(frame: Frame, bit: number): boolean {
  if ((frame.seen & bit) !== 0) return false;
  frame.seen |= bit;
  return true;
}

function matchData(document: Uint8Array, frame: Frame): boolean {
  const { text } = match;
  const count = match.openFields(DOCUMENT_FIELD, 0, document.length);
  const slots = match.slotsOf(0, count);
  let fields = 0;
  let given = 0;
  let stand = 0;
  do {
    if (text.takesAll(userIdIs)) {
      if (!isFirst(frame, 8) || !userId.isNext() || !text.takesBoth(QUOTE, CLOSE)) return false;
    } else if (text.takesAll(dateIs)) {
      if (!isFirst(frame, 16) || !date.isNext() || !text.takesBoth(QUOTE, CLOSE)) return false;
    } else if (text.takesAll(metadataIs)) {
      if (!isFirst(frame, 32) || !matchMetadata(frame) || !text.takes(CLOSE)) return false;
    } else {
      const isLikely = match.takesLikely(0, count, slots + fields);
      if (!isLikely && !match.name()) return false;
      // The entry's field of such a name has to be in `metadata.source`.
      if (isMoved()) return false;
      const bit = defaultBit();
      if (isLikely || match.find(0, count, slots + fields)) {
        if (!match.value()) return false;
        fields++;
        given |= bit;
      } else if (bit !== 0 && (stand & bit) === 0 && text.takesAll(defaultValue(bit))) {
        stand |= bit;
      } else {
        return false;
      }
    }
  } while (text.takes(COMMA));
  // Each field of the entry exactly once, and each default only if the entry lacks the field.
  return (
    text.takes(CLOSE) &&
    fields === count &&
    (given & stand) === 0 &&
    (given | stand) === (1 << defaults.length) - 1
  );
}

function matchMetadata(frame: Frame): boolean {
  const { text } = match;
  do {
    if (text.takesAll(isFromFirestore)) {
      if (!isFirst(frame, 64)) return false;
    } else if (text.takesAll(migratedAtIs)) {
      frame.migratedFrom = text.at;
      frame.migratedTo = endOfRunTime();
      if (!isFirst(frame, 128) || frame.migratedTo === -1 || !text.takes(CLOSE)) return false;
    } else if (text.takesAll(originalTimestampIs)) {
      if (!isFirst(frame, 256) || !updateTime.isNext() || !text.takesBoth(QUOTE, CLOSE)) return false;
    } else {
      return false;
    }
  } while (text.takes(COMMA));
  return text.takes(CLOSE) && isFirst(frame, 512);
}

function isMoved(): boolean {
  for (let i = 0; i < movedNames.length; i++) if (match.isName(movedNames[i]!)) return true;
  return false;
}

function defaultBit(): number {
  for (let i = 0; i < defaults.length; i++) if (match.isName(defaults[i]!.name)) return 1 << i;
  return 0;
}

function defaultValue(bit: number): DataView {
  return defaults[31 - Math.clz32(bit)]!.value;
}
