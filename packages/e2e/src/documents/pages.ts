import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '../../../..');

export const readText = (path: string): string => readFileSync(join(root, path), 'utf8');

/** The pages for operators, whose commands are run. */
export const operatorPages = ['README.md', ...globSync('docs/*.md', { cwd: root }).toSorted()];

export const allPages = [
  ...operatorPages,
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  ...globSync('docs/decisions/*.md', { cwd: root }),
];

/** A page's lines without those of its code blocks, each with its number. */
export function proseLines(page: string): { readonly number: number; readonly line: string }[] {
  let inCode = false;
  return readText(page)
    .split('\n')
    .map((line, index) => ({ number: index + 1, line }))
    .filter(({ line }) => {
      if (!/^\s*```/.test(line)) return !inCode;
      inCode = !inCode;
      return false;
    });
}
