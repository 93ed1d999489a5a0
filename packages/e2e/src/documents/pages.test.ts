import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { errorTable, listPrices, type Operation } from '@migrator/core';
import { estimate } from '@migrator/engine';
import { expect, test } from 'vitest';

import { allPages, proseLines, readText, root } from './pages.ts';

test.for(allPages)('%s is wrapped at 100 columns', (page) => {
  // A row of a table has to be one line.
  const long = proseLines(page).filter(({ line }) => line.length > 100 && !line.startsWith('|'));
  expect(long).toEqual([]);
});

/** What GitHub makes of a page's headings. */
function anchorsOf(page: string): string[] {
  return proseLines(page).flatMap(({ line }) => {
    const heading = /^#+ (.*)/.exec(line)?.[1];
    if (heading === undefined) return [];
    const text = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
    return [text.replaceAll(/[^\p{L}\p{N}_\- ]/gu, '').replaceAll(' ', '-')];
  });
}

test.for(allPages)('the links of %s lead somewhere', (page) => {
  const text = proseLines(page)
    .map(({ line }) => line)
    .join('\n');
  const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
  const broken = links.filter((link) => {
    if (/^https?:/.test(link)) return false;
    const [path = '', anchor] = link.split('#');
    const to = path === '' ? page : join(dirname(page), path);
    if (!existsSync(join(root, to))) return true;
    return anchor !== undefined && to.endsWith('.md') && !anchorsOf(to).includes(anchor);
  });
  expect(broken).toEqual([]);
});

test('README leads to every page', () => {
  const readme = readText('README.md');
  expect(allPages.filter((page) => /^docs\/[^/]*$/.test(page) && !readme.includes(`](${page}`))).toEqual([]);
});

test('what-if.md tells what to do about every error code', () => {
  const page = readText('docs/what-if.md');
  expect(Object.keys(errorTable).filter((code) => !page.includes(`\`${code}\``))).toEqual([]);
});

test('the examples of costs.md are what the code estimates', () => {
  const rows = [...readText('docs/costs.md').matchAll(/^\|( [\d,]+ \|.*\$.*)\|$/gm)].map(([, row = '']) =>
    row.split('|').map((cell) => Number(cell.replaceAll(/[ ,$]/g, ''))),
  );
  expect(rows).not.toEqual([]);
  for (const [entries = 0, users = 0, bytes = 0, ...figures] of rows) {
    const writeUnits = entries * Math.ceil(bytes / 1_024);
    const dryRun = {
      totals: { created: entries, bytes: entries * bytes, writeUnits },
      tasks: { listed: users, completed: users, failed: 0 },
      coordinatorState: {},
    } as unknown as Operation;
    const { firestoreReads, dynamodbReadUnits, cost } = estimate(dryRun, listPrices, null);
    expect(figures).toEqual([
      writeUnits,
      firestoreReads.run + firestoreReads.verification,
      dynamodbReadUnits.run + dynamodbReadUnits.verification,
      ...[cost.dynamodbWrites, cost.firestoreReads, cost.dynamodbReads, cost.total].map((dollars) =>
        Number(dollars.toFixed(2)),
      ),
    ]);
  }
});

test('the pages start a worker as the script does', () => {
  const { scripts } = JSON.parse(readText('package.json')) as { scripts: { worker: string } };
  const [flags] = /--max-semi.*$/.exec(scripts.worker) ?? [];
  expect(flags).toMatch(/ apps\/worker\/src\/main\.ts$/);
  for (const page of ['docs/run-as-a-service.md', 'docs/containers.md']) {
    const lines = readText(page)
      .split('\n')
      .filter((line) => line.includes('apps/worker/src/main.ts'));
    expect(lines, page).not.toEqual([]);
    for (const line of lines) expect(line.replaceAll(', ', ' ')).toContain(flags);
  }
});
