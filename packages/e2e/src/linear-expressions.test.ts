import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { parseSync, Visitor } from 'oxc-parser';
import { expect, test, vi } from 'vitest';

// Plain JavaScript; before it is imported, as it is read then.
vi.stubEnv('RECHECK_BACKEND', 'pure');
const { checkSync } = await import('recheck');

const root = dirname(dirname(dirname(import.meta.dirname)));
const notTheProduct =
  /\.test\.ts$|\/testing\/|\/test-support\/|^packages\/(?:e2e|bench|devkit|firestore-emulator)\//;
const files = globSync('{apps,packages}/*/{src,page}/**/*.{ts,js}', { cwd: root }).filter(
  (file) => !notTheProduct.test(file) && !file.includes('node_modules'),
);

interface Found {
  readonly file: string;
  readonly pattern: string;
  readonly flags: string;
}

function expressionsIn(file: string): Found[] {
  const found: Found[] = [];
  const { program } = parseSync(file, readFileSync(join(root, file), 'utf8'));
  new Visitor({
    Literal(node) {
      if ('regex' in node) found.push({ file, pattern: node.regex.pattern, flags: node.regex.flags });
    },
  }).visit(program);
  return found;
}

/** What a text can do to the expression: it grows with the text's length, or faster. */
function growthOf({ pattern, flags }: Found): string {
  const result = checkSync(pattern, flags, { checker: 'automaton', timeout: null });
  if (result.status === 'unknown') return `unknown: ${result.error.kind}`;
  return result.complexity.type === 'safe' ? 'linear' : result.complexity.summary;
}

test('every expression of the product takes time in proportion to any text', () => {
  const all = files.flatMap(expressionsIn);
  expect(all.length).toBeGreaterThan(100);
  const slow = all
    .map((one) => ({ ...one, growth: growthOf(one) }))
    .filter(({ growth }) => growth !== 'linear');
  expect(slow).toEqual([]);
}, 300_000);

test('one that is quadratic would be noticed', () => {
  const scheme = String.raw`(\b[a-z][a-z0-9+.-]*:\/\/[^\s:@/"']*):[^\s@/"']+@`;
  expect(growthOf({ file: '', pattern: scheme, flags: 'gi' })).toBe('2nd degree polynomial');
});
