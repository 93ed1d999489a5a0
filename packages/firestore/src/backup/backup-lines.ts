import type { EntryRef, SourceBinding, SourceEntry } from '@migrator/core';

import { Database, entryRefOf } from '../database.ts';
import { nameOf } from '../responses.ts';
import { documentJson } from './document-json.ts';
import { parseDocument } from './json-document.ts';
import { JsonText } from './json-text.ts';

/**
 * The lines of a backup, each a JSON object:
 *
 * - the header, first: what was read, and when;
 * - an entry: the Document in Firestore's own JSON, in the order of users and dates;
 * - the end of a user, after its entries, of which it has the count;
 * - the trailer, last: counts, and the SHA-256 of all lines before it.
 */
export const backupFormat = 'journal-migrate backup';
export const backupVersion = 1;

export interface BackupHeader {
  readonly format: typeof backupFormat;
  readonly version: typeof backupVersion;
  readonly source: SourceBinding;
  /** The users of the backup; absent: all. */
  readonly userIds?: readonly string[];
  readonly startedAt: string;
}

export interface UserEnd {
  readonly user: string;
  /** The user's document does not exist; only its journal does. */
  readonly missing: boolean;
  readonly entries: number;
}

export interface BackupTrailer {
  readonly users: number;
  readonly entries: number;
  readonly finishedAt: string;
  readonly sha256: string;
}

export type BackupLine =
  | ({ readonly kind: 'entry' } & EntryRef)
  | ({ readonly kind: 'user' } & UserEnd)
  | ({ readonly kind: 'trailer' } & BackupTrailer);

export function databaseOf({
  project,
  database,
  usersCollection,
  journalCollection,
}: SourceBinding): Database {
  return new Database(project, database, { users: usersCollection, journal: journalCollection });
}

/** The line of an entry. If Firestore's JSON can't represent the document, the line holds its bytes. */
export function entryLine({ document, updateTime }: SourceEntry): string {
  const json = documentJson(document);
  if (json !== undefined && isExact(json, document)) return json;
  const encoded = Buffer.from(document).toString('base64');
  return JSON.stringify({ name: nameOf(document), updateTime, encoded });
}

function isExact(json: string, document: Uint8Array): boolean {
  try {
    return Buffer.compare(parseDocument(json).document, document) === 0;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

/** Parses the line of an entry. Throws a SyntaxError for any other text. */
export function parseEntryLine(text: string): SourceEntry {
  const { name, updateTime, document } = parseDocument(text);
  const time = /^(.{19})(?:\.(\d{1,9}))?Z$/.exec(updateTime ?? '');
  if (time === null) throw new SyntaxError('an entry without its update time');
  const [, toSecond, fraction = ''] = time;
  return {
    ...entryRefOf(name),
    updateTime: `${toSecond}.${fraction.padEnd(6, '0').slice(0, 6)}Z`,
    document,
  };
}

const nameBegin = '{"name":';

/** Parses a line after the header, without the fields of an entry. Throws a SyntaxError. */
export function readLine(text: string): BackupLine {
  if (text.startsWith(nameBegin)) return { kind: 'entry', ...entryRefOf(nameIn(text)) };
  const value: unknown = JSON.parse(text);
  if (isUserEnd(value)) return { kind: 'user', ...value };
  if (isTrailer(value)) return { kind: 'trailer', ...value };
  throw new SyntaxError('neither an entry, nor the end of a user, nor the trailer');
}

/** The document name with which a line begins. */
export function nameIn(text: string): string {
  const json = new JsonText(text);
  json.take(nameBegin);
  return json.string();
}

/** Parses the header. Throws a SyntaxError. */
export function readHeader(text: string): BackupHeader {
  const value: unknown = JSON.parse(text);
  if (!isObject(value) || value['format'] !== backupFormat)
    throw new SyntaxError('not the header of a backup');
  if (value['version'] !== backupVersion)
    throw new SyntaxError(`version ${String(value['version'])}; this program reads version ${backupVersion}`);
  if (!isHeader(value)) throw new SyntaxError('an incomplete header');
  return value;
}

function isHeader(value: Record<string, unknown>): value is Record<string, unknown> & BackupHeader {
  const { source, userIds, startedAt } = value;
  return (
    isObject(source) &&
    ['project', 'database', 'usersCollection', 'journalCollection'].every((name) => isText(source[name])) &&
    (source['emulator'] === undefined || isText(source['emulator'])) &&
    (userIds === undefined || (Array.isArray(userIds) && userIds.every(isText))) &&
    isText(startedAt)
  );
}

function isUserEnd(value: unknown): value is UserEnd {
  return (
    isObject(value) &&
    isText(value['user']) &&
    typeof value['missing'] === 'boolean' &&
    isCount(value['entries'])
  );
}

function isTrailer(value: unknown): value is BackupTrailer {
  return (
    isObject(value) &&
    isCount(value['users']) &&
    isCount(value['entries']) &&
    isText(value['finishedAt']) &&
    isText(value['sha256'])
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
