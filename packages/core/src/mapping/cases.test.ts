import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { diffEntry } from '../comparison/diff-entry.ts';
import type { SourceEntry } from '../ports/source.ts';
import type { StoredItem } from '../ports/target.ts';
import { encodeDocument } from '../testing/encode-document.ts';
import type { JsonDocument } from '../testing/firestore-json.ts';
import { sortedJson } from '../testing/sorted-json.ts';
import { mapEntry } from './map-entry.ts';

const root = path.join(import.meta.dirname, '../../cases');
const options = { migratedAt: '2026-11-22T09:10:51.123Z', oversize: 'fail' } as const;
const updateTime = '2026-11-20T18:30:00.123456Z';

const folders = readdirSync(root, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => path.join(root, entry.name));
const failing = folders.filter((folder) => existsSync(path.join(folder, 'error.txt')));
const mapping = folders.filter((folder) => !failing.includes(folder));
const named = (folder: string): [string, string] => [path.basename(folder), folder];

describe.each(failing.map(named))('the case %s', (_name, folder) => {
  const entry = readEntry(folder);

  it('fails with its code and message, and never compares equal', () => {
    const mapped = mapEntry(entry, options);
    const answer = mapped.ok ? 'an item' : `${mapped.code}\n${mapped.message}\n`;
    expect(answer).toBe(readFileSync(path.join(folder, 'error.txt'), 'utf8'));
    expect(diffEntry(entry, {}).differences).not.toStrictEqual([]);
  });
});

describe.each(mapping.map(named))('the case %s', (_name, folder) => {
  const entry = readEntry(folder);
  const item = readJson(path.join(folder, 'item.json')) as StoredItem;

  it('becomes its item, and is counted in the report', () => {
    const mapped = mapEntry(entry, options);
    if (!mapped.ok) throw new Error(mapped.message);
    expect(sortedJson(JSON.parse(Buffer.from(mapped.item.json).toString()))).toBe(sortedJson(item));
    const file = path.join(folder, 'report.json');
    const report = existsSync(file) ? readJson(file) : { encodedAsText: 0, warnings: [] };
    expect({ encodedAsText: mapped.encodedAsText, warnings: mapped.warnings }).toStrictEqual(report);
  });

  it('compares equal to its item', () => {
    expect(diffEntry(entry, item)).toStrictEqual({ differences: [], sameVersion: true });
  });
});

function readEntry(folder: string): SourceEntry {
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
