import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { mapEntry } from '../mapping/map-entry.ts';
import type { SourceEntry } from '../ports/source.ts';
import { encodeDocument } from './encode-document.ts';
import type { JsonDocument } from './firestore-json.ts';

/** The folders of `packages/core/cases`: each holds an entry and what must become of it (see the README there). */

const root = path.join(import.meta.dirname, '../../cases');
const options = { migratedAt: '2026-11-22T09:10:51.123Z', oversize: 'fail' } as const;
const updateTime = '2026-11-20T18:30:00.123456Z';

export const outcomeFiles = ['item.json', 'report.json', 'error.txt'] as const;

/** What must become of an entry, by file. */
export type CaseOutcome = { readonly [file in (typeof outcomeFiles)[number]]?: unknown };

export const caseFolders: readonly string[] = readdirSync(root, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => path.join(root, entry.name));

/** What the folder says. */
export function expectedOutcome(folder: string): CaseOutcome {
  const files = outcomeFiles.map((name) => [name, path.join(folder, name)] as const);
  const present = files.filter(([, file]) => existsSync(file));
  return Object.fromEntries(
    present.map(([name, file]) => [name, name === 'error.txt' ? readFileSync(file, 'utf8') : readJson(file)]),
  );
}

/** What the mapping makes of the folder's entry. */
export function mappedOutcome(folder: string): CaseOutcome {
  const mapped = mapEntry(readEntry(folder), options);
  if (!mapped.ok) return { 'error.txt': `${mapped.code}\n${mapped.message}\n` };
  const { item, encodedAsText, warnings } = mapped;
  const isPlain = encodedAsText === 0 && warnings.length === 0;
  return {
    'item.json': JSON.parse(Buffer.from(item.json).toString()),
    ...(isPlain ? {} : { 'report.json': { encodedAsText, warnings } }),
  };
}

export function readEntry(folder: string): SourceEntry {
  const json = path.join(folder, 'document.json');
  if (!existsSync(json)) {
    const document = readHex(path.join(folder, 'document.hex'));
    return { userId: 'ada', date: '2026-11-20', updateTime, document };
  }
  const document = readJson(json) as JsonDocument;
  const [, userId = '', , date = ''] = document.name.split('/documents/')[1]?.split('/') ?? [];
  return { userId, date, updateTime: document.updateTime ?? '', document: encodeDocument(document) };
}

function readHex(file: string): Uint8Array {
  const lines = readFileSync(file, 'utf8').split('\n');
  return Buffer.from(
    lines
      .filter((line) => !line.startsWith('#'))
      .join('')
      .replaceAll(' ', ''),
    'hex',
  );
}

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(file, 'utf8'));
}
