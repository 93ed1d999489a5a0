import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';

import { fileFault, MigrationError } from '@migrator/core';

import { isGzip, memberHeaderBytes, memberSize, unpackMember } from './gzip-member.ts';

export interface Member {
  /** The offset in the file. */
  readonly at: number;
  readonly size: number;
  /** The content: complete lines. */
  readonly content: Buffer;
}

const lineBreak = 0x0a;

/** A file of gzip members, each with complete lines. */
export class BackupFile {
  readonly path: string;
  readonly size: number;
  readonly #handle: FileHandle;

  private constructor(path: string, size: number, handle: FileHandle) {
    this.path = path;
    this.size = size;
    this.#handle = handle;
  }

  /** Throws a MigrationError `BACKUP_INVALID` for what is no file that can be read. */
  static async open(path: string): Promise<BackupFile> {
    const handle = await open(path, constants.O_RDONLY).catch((cause: unknown) => {
      throw new MigrationError('BACKUP_INVALID', `${path} ${fileFault(cause)}.`, { cause });
    });
    const stat = await handle.stat();
    if (stat.isFile()) return new BackupFile(path, stat.size, handle);
    await handle.close();
    throw new MigrationError('BACKUP_INVALID', `${path} names no regular file.`);
  }

  /** The member at this offset, or a clause why there is none. */
  async member(at: number): Promise<Member | string> {
    const begin = await this.#read(at, memberHeaderBytes);
    if (!isGzip(begin)) return at === 0 ? 'it is not packed with gzip' : 'other data follows a member';
    const size = memberSize(begin);
    if (size === undefined && begin.length === memberHeaderBytes)
      return 'another program compressed it; the file must be unchanged';
    if (size === undefined || at + size > this.size) return 'it ends in the middle of a member';
    const content = await unpackMember(await this.#read(at, size));
    if (content === undefined) return 'bytes were changed, the checksum of gzip does not match';
    if (content.at(-1) !== lineBreak) return 'a member ends in the middle of a line';
    return { at, size, content };
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }

  /** Reads `length` bytes, or fewer at the file's end. */
  async #read(at: number, length: number): Promise<Buffer> {
    const buffer = Buffer.alloc(Math.min(length, Math.max(0, this.size - at)));
    let filled = 0;
    while (filled < buffer.length) {
      const { bytesRead } = await this.#handle.read(buffer, filled, buffer.length - filled, at + filled);
      if (bytesRead === 0) return buffer.subarray(0, filled);
      filled += bytesRead;
    }
    return buffer;
  }
}

/** The lines of a member, each with its line break. */
export function* linesOf(content: Buffer): Generator<Buffer> {
  let from = 0;
  while (from < content.length) {
    const to = content.indexOf(lineBreak, from) + 1;
    yield content.subarray(from, to);
    from = to;
  }
}
