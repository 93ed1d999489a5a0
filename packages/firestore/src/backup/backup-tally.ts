import { createHash } from 'node:crypto';

import { counted, type EntryRef } from '@migrator/core';

import type { Database } from '../database.ts';
import {
  type BackupHeader,
  type BackupLine,
  type BackupTrailer,
  databaseOf,
  nameIn,
  readHeader,
  readLine,
  type UserEnd,
} from './backup-lines.ts';
import { compareIds } from './compare-ids.ts';

/** Checks the order of the lines of a backup and counts them. Both the writer and the reader of a file use it. */
export class BackupTally {
  users = 0;
  entries = 0;
  lines = 0;
  header: BackupHeader | undefined;
  trailer: BackupTrailer | undefined;
  /** The user of the last line. */
  user: string | undefined;
  /** That user's last entry so far. */
  date: string | undefined;
  /** Whether that user's end is there. */
  ended = true;
  #userEntries = 0;
  #database: Database | undefined;
  readonly #sha256 = createHash('sha256');

  /** Adds a line with its line break. Returns the parsed line; undefined for the header. Throws a SyntaxError. */
  add(bytes: Buffer): BackupLine | undefined {
    const text = bytes.toString('utf8', 0, bytes.length - 1);
    if (this.trailer !== undefined) throw new SyntaxError('a line after the trailer');
    const line = this.#read(text);
    if (line?.kind === 'entry') this.#addEntry(line, text);
    else if (line?.kind === 'user') this.#endUser(line);
    else if (line?.kind === 'trailer') this.#check(line);
    this.lines += 1;
    this.#sha256.update(bytes);
    return line;
  }

  /** The trailer for the lines so far. */
  trailerNow(now: Date): BackupTrailer {
    const sha256 = this.#sha256.copy().digest('hex');
    return { users: this.users, entries: this.entries, finishedAt: now.toISOString(), sha256 };
  }

  userEnd(missing: boolean, user: string): UserEnd {
    return { user, missing, entries: this.ended ? 0 : this.#userEntries };
  }

  #read(text: string): BackupLine | undefined {
    if (this.header !== undefined) return readLine(text);
    this.header = readHeader(text);
    this.#database = databaseOf(this.header.source);
    return undefined;
  }

  #addEntry({ userId, date }: EntryRef, text: string): void {
    const isOurs = userId !== '' && date !== '' && nameIn(text) === this.#database?.entry({ userId, date });
    if (!isOurs) throw new SyntaxError('an entry of another database or collection than the header names');
    if (this.ended) this.#beginUser(userId);
    else if (userId !== this.user) throw new SyntaxError(`the end of user ${String(this.user)} is missing`);
    if (this.date !== undefined && compareIds(this.date, date) >= 0)
      throw new SyntaxError(`entry ${date} of user ${userId} is not in order`);
    this.date = date;
    this.#userEntries += 1;
    this.entries += 1;
  }

  #endUser({ user, entries }: UserEnd): void {
    if (this.ended) this.#beginUser(user);
    else if (user !== this.user) throw new SyntaxError(`the end of user ${String(this.user)} is missing`);
    if (entries !== this.#userEntries)
      throw new SyntaxError(
        `${counted(this.#userEntries, 'entry', 'entries')} of user ${user}, whose end says ${entries}`,
      );
    this.ended = true;
    this.users += 1;
  }

  #beginUser(user: string): void {
    if (this.user !== undefined && compareIds(this.user, user) >= 0)
      throw new SyntaxError(`user ${user} is not in order`);
    this.user = user;
    this.date = undefined;
    this.#userEntries = 0;
    this.ended = false;
  }

  #check(trailer: BackupTrailer): void {
    if (!this.ended) throw new SyntaxError(`the end of user ${String(this.user)} is missing`);
    const { users, entries, sha256 } = this.trailerNow(new Date());
    if (users !== trailer.users || entries !== trailer.entries)
      throw new SyntaxError(
        `it holds ${counted(users, 'user')} and ${counted(entries, 'entry', 'entries')}, and its trailer says ` +
          `${trailer.users} and ${trailer.entries}`,
      );
    if (sha256 !== trailer.sha256)
      throw new SyntaxError('the checksum of its lines is not the one in the trailer: a line was changed');
    this.trailer = { users, entries, finishedAt: trailer.finishedAt, sha256 };
  }
}
