import { backupError } from './backup-error.ts';
import type { BackupFile } from './backup-file.ts';
import { type BackupIndex, firstAfter, type KeyedLine, keyedLines, type LineKey } from './backup-index.ts';

/** The number of cached members, of one or two MiB each: concurrent tasks each read their own member page by page. */
const keptMembers = 32;

/** Reads the lines of a backup from any key on. Caches the members that were read last. */
export class MemberCache {
  readonly #file: BackupFile;
  readonly #index: BackupIndex;
  /** The least recently used first. */
  readonly #members = new Map<number, Promise<readonly KeyedLine[]>>();

  constructor(file: BackupFile, index: BackupIndex) {
    this.#file = file;
    this.#index = index;
  }

  /** The lines after this key, in their order; absent: all. */
  async *linesAfter(key: LineKey | undefined): AsyncGenerator<KeyedLine, void> {
    let index = key === undefined ? 0 : this.#index.find(key);
    for (; index < this.#index.length; index += 1) {
      const lines = await this.#read(index);
      for (let at = key === undefined ? 0 : firstAfter(lines, key); at < lines.length; at += 1)
        yield lines[at]!;
    }
  }

  /** The line with exactly this key. */
  async find(key: LineKey): Promise<KeyedLine | undefined> {
    if (this.#index.length === 0) return undefined;
    const lines = await this.#read(this.#index.find(key));
    const line = lines[firstAfter(lines, key) - 1];
    return line?.userId === key.userId && line.date === key.date ? line : undefined;
  }

  async #read(index: number): Promise<readonly KeyedLine[]> {
    const known = this.#members.get(index);
    this.#members.delete(index);
    const lines = known ?? this.#unpack(index);
    this.#members.set(index, lines);
    if (this.#members.size > keptMembers) this.#members.delete(this.#members.keys().next().value!);
    return await lines;
  }

  async #unpack(index: number): Promise<readonly KeyedLine[]> {
    const at = this.#index.at(index);
    const member = await this.#file.member(at);
    if (typeof member === 'string') throw backupError(this.#file.path, member, { byte: at });
    return keyedLines(member.content);
  }
}
