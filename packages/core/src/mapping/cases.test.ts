import { deepStrictEqual } from 'node:assert';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { compareEntry } from '../comparison/compare-entry.ts';
import type { SourceEntry } from '../ports/source.ts';
import type { StoredItem } from '../ports/target.ts';
import { encodeDocument } from '../testing/encode-document.ts';
import type { JsonDocument } from '../testing/firestore-json.ts';
import { mapEntry } from './map-entry.ts';

const root = path.join(import.meta.dirname, '../../cases');
const options = { migratedAt: '2026-11-22T09:10:51.123Z', oversize: 'fail' } as const;
const updateTime = '2026-11-20T18:30:00.123456Z';

const names = readdirSync(root, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name);

describe.each(names)('case %s', (name) => {
  const folder = path.join(root, name);
  const entry = readEntry(folder);
  const mapped = mapEntry(entry, options);

  if (existsSync(path.join(folder, 'error.txt'))) {
    it('fails with its code and message, and never compares equal', () => {
      const answer = mapped.ok ? 'an item' : `${mapped.code}\n${mapped.message}\n`;
      expect(answer).toBe(readFileSync(path.join(folder, 'error.txt'), 'utf8'));
      expect(compareEntry(entry, {}).differences).not.toStrictEqual([]);
    });
    return;
  }

  it('becomes its item and compares equal to it', () => {
    if (!mapped.ok) throw new Error(mapped.message);
    const expected = readJson(path.join(folder, 'item.json')) as StoredItem;
    // Not expect(): it takes a field called `constructor` for the objects' own.
    deepStrictEqual(JSON.parse(Buffer.from(mapped.item.json).toString()), expected);
    expect(compareEntry(entry, expected)).toStrictEqual({ differences: [], sameVersion: true });
  });

  it('is counted in the report', () => {
    const report = path.join(folder, 'report.json');
    const expected = existsSync(report) ? readJson(report) : { encodedAsText: 0, warnings: [] };
    if (!mapped.ok) throw new Error(mapped.message);
    expect({ encodedAsText: mapped.encodedAsText, warnings: mapped.warnings }).toStrictEqual(expected);
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
