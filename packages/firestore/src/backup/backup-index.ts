import { entryRefOf } from '../database.ts';
import { linesOf, type Member } from './backup-file.ts';
import { type BackupLine, nameIn, readLine } from './backup-lines.ts';
import { compareIds } from './compare-ids.ts';

/** The sort key of the lines of a backup. */
export interface LineKey {
  readonly userId: string;
  /** The entry's date; absent in the line that ends the user, which comes after all entries. */
  readonly date?: string;
}

export function compareKeys(a: LineKey, b: LineKey): number {
  const order = compareIds(a.userId, b.userId);
  if (order !== 0 || a.date === b.date) return order;
  if (a.date === undefined) return 1;
  if (b.date === undefined) return -1;
  return compareIds(a.date, b.date);
}

/** A line of which only the key is parsed. */
export interface KeyedLine extends LineKey {
  readonly bytes: Buffer;
}

/** The lines of a member, without those that have no key. */
export function keyedLines(content: Buffer): KeyedLine[] {
  const lines: KeyedLine[] = [];
  for (const withBreak of linesOf(content)) {
    const bytes = withBreak.subarray(0, -1);
    const text = bytes.toString();
    if (text.startsWith('{"name":')) lines.push({ ...entryRefOf(nameIn(text)), bytes });
    else if (text.startsWith('{"user":')) lines.push({ ...keyOf(readLine(text))!, bytes });
  }
  return lines;
}

export function keyOf(line: BackupLine): LineKey | undefined {
  if (line.kind === 'entry') return { userId: line.userId, date: line.date };
  return line.kind === 'user' ? { userId: line.user } : undefined;
}

/** The offset of each member, and the key of its first line: some 100 bytes for each MiB of lines. */
export class BackupIndex {
  readonly #members: (LineKey & { readonly at: number })[] = [];

  add({ at }: Member, first: BackupLine): void {
    const key = keyOf(first);
    if (key !== undefined) this.#members.push({ ...key, at });
  }

  get length(): number {
    return this.#members.length;
  }

  /** The offset of a member. */
  at(index: number): number {
    return this.#members[index]!.at;
  }

  /** The last member that begins at this key or before; else the first one. */
  find(key: LineKey): number {
    return Math.max(0, firstAfter(this.#members, key) - 1);
  }
}

/** The index of the first of these whose key is greater. */
export function firstAfter(lines: readonly LineKey[], key: LineKey): number {
  let low = 0;
  let high = lines.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareKeys(lines[middle]!, key) <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
