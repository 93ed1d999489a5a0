import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';

import type { SourceEntry } from '@migrator/core';

import { backupError } from './backup-error.ts';
import { BackupFile } from './backup-file.ts';
import { type BackupHeader, entryLine } from './backup-lines.ts';
import { BackupTally } from './backup-tally.ts';
import { packMember } from './gzip-member.ts';
import { addMember } from './verify-backup.ts';

/** The size of the lines in one member, in bytes. */
const memberBytes = 1024 * 1024;
/** The file mode: accessible for this user only. */
const mode = 0o600;
/** Writes at the end of the file. Symbolic links are not followed. */
const append = constants.O_WRONLY | constants.O_APPEND | (constants.O_NOFOLLOW ?? 0);

/** Writes a backup, member by member. After a kill all members but the last are complete. */
export class BackupWriter {
  readonly tally: BackupTally;
  readonly #handle: FileHandle;
  #lines: Buffer[] = [];
  #bytes = 0;
  #writing: Promise<void> = Promise.resolve();

  private constructor(handle: FileHandle, tally: BackupTally) {
    this.#handle = handle;
    this.tally = tally;
  }

  static async create(path: string, header: BackupHeader): Promise<BackupWriter> {
    const handle = await open(path, append | constants.O_CREAT | constants.O_EXCL, mode);
    const writer = new BackupWriter(handle, new BackupTally());
    await writer.#add(JSON.stringify(header));
    // So that even after a kill at this point the file has a header.
    await writer.flush();
    return writer;
  }

  /** Continues after the last complete member. Removes the incomplete one after it. */
  static async resume(path: string, signal?: AbortSignal): Promise<BackupWriter> {
    const tally = new BackupTally();
    const file = await BackupFile.open(path);
    let at = 0;
    try {
      while (at < file.size) {
        signal?.throwIfAborted();
        const member = await file.member(at);
        if (typeof member === 'string') break;
        addMember(path, tally, member, {});
        at += member.size;
      }
    } finally {
      await file.close();
    }
    if (tally.header === undefined) throw backupError(path, 'it has no complete member; remove it');
    const handle = await open(path, append);
    await handle.truncate(at);
    return new BackupWriter(handle, tally);
  }

  async addEntry(entry: SourceEntry): Promise<void> {
    await this.#add(entryLine(entry));
  }

  async endUser(user: string, missing: boolean): Promise<void> {
    await this.#add(JSON.stringify(this.tally.userEnd(missing, user)));
  }

  /** Adds the trailer. Resolves once all is on disk. */
  async finish(): Promise<void> {
    if (this.tally.trailer === undefined) await this.#add(JSON.stringify(this.tally.trailerNow(new Date())));
    await this.flush();
    await this.#handle.sync();
  }

  /** Writes the lines that were added. */
  async flush(): Promise<void> {
    await this.#startWriting();
    await this.#writing;
  }

  async close(): Promise<void> {
    await this.#writing.catch(() => undefined);
    await this.#handle.close();
  }

  async #add(text: string): Promise<void> {
    const line = Buffer.from(`${text}\n`);
    this.tally.add(line);
    this.#lines.push(line);
    this.#bytes += line.length;
    if (this.#bytes >= memberBytes) await this.#startWriting();
  }

  /** Compresses and writes one member while the next one fills. */
  async #startWriting(): Promise<void> {
    await this.#writing;
    if (this.#bytes === 0) return;
    const content = Buffer.concat(this.#lines);
    this.#lines = [];
    this.#bytes = 0;
    this.#writing = this.#write(content);
    // The next `await` throws it.
    this.#writing.catch(() => undefined);
  }

  async #write(content: Buffer): Promise<void> {
    await this.#handle.appendFile(await packMember(content));
  }
}
