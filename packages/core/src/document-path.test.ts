import { expect, test } from 'vitest';

import { isDocumentId } from './document-path.ts';

/** As Google's emulator answered when it was asked for a document of each id. */
test.each([
  'alice',
  '2026-01-01',
  'a.b',
  '...',
  'é'.repeat(750),
  '__id7__',
  '__id-7__',
  '__id9223372036854775807__',
  '__id-9223372036854775808__',
  '__id7_',
  '__id7__\n',
  '__',
  '___',
  '____',
])('%j can be asked about', (id) => {
  expect(isDocumentId(id)).toBe(true);
});

test.each([
  '',
  '.',
  '..',
  'a/b',
  'a\ud800',
  'é'.repeat(751),
  '__foo__',
  '__a\nb__',
  '_____',
  '__id__',
  '__id0__',
  '__id-0__',
  '__id007__',
  '__id+7__',
  '__id 7__',
  '__ID7__',
  '__id9223372036854775808__',
  '__id-9223372036854775809__',
])('%j is refused', (id) => {
  expect(isDocumentId(id)).toBe(false);
});
