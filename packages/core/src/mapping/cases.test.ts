import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { diffEntry } from '../comparison/diff-entry.ts';
import type { StoredItem } from '../ports/target.ts';
import { caseFolders, expectedOutcome, mappedOutcome, readEntry } from '../testing/mapping-case.ts';
import { sortedJson } from '../testing/sorted-json.ts';

const named = caseFolders.map((folder): [string, string] => [path.basename(folder), folder]);

describe.each(named)('the case %s', (_name, folder) => {
  const expected = expectedOutcome(folder);

  it('becomes what the folder says: an item with its report, or an error', () => {
    expect(sortedJson(mappedOutcome(folder))).toBe(sortedJson(expected));
  });

  it('compares equal to its item, and an error to nothing', () => {
    const item = expected['item.json'] as StoredItem | undefined;
    const { differences, sameVersion } = diffEntry(readEntry(folder), item ?? {});
    expect({ isEqual: differences.length === 0, sameVersion }).toStrictEqual({
      isEqual: item !== undefined,
      sameVersion: item !== undefined,
    });
  });
});
