import { expect, it } from 'vitest';

import { cell, csvOf } from './formats.ts';
import { htmlOf } from './formats.ts';
import type { Ticket } from './ticket.ts';

const ticket: Ticket = {
  migrationId: 'migration-1',
  state: 'completed-with-failures',
  dryRun: false,
  startedAt: '2026-11-22T09:10:51.123Z',
  finishedAt: '2026-11-22T09:11:51.123Z',
  seconds: 60,
  source: 'users/{userId}/trading-journal in project <p>',
  target: 'table t',
  totals: { totalProcessed: 3, failureCount: 2 },
  verification: null,
  cost: { dynamodbWrites: 1, firestoreReads: 0.5, total: 1.5, basis: 'list prices' },
  failures: [
    {
      path: '=HYPERLINK("http://example.com")',
      code: 'ITEM_TOO_LARGE',
      message: '<script>alert("a")</script>, and\nmore',
      attempts: 1,
    },
  ],
  rolledBackBy: null,
  reason: null,
};

it.each([
  ['plain', 'plain'],
  ['a,b', '"a,b"'],
  ['say "x"', '"say ""x"""'],
  ['two\nlines', '"two\nlines"'],
  ['=1+1', "'=1+1"],
  ['+1', "'+1"],
  ['-1', "'-1"],
  ['@SUM(A1)', "'@SUM(A1)"],
  ['\t=1', "'\t=1"],
  [' =1', "' =1"],
  ['\r=1', '"\'\r=1"'],
])('the cell %j is written as %j', (text, written) => {
  expect(cell(text)).toBe(written);
});

it('CSV has a line for each figure and each failure', () => {
  const lines = csvOf(ticket).split('\r\n');
  expect(lines[0]).toBe('section,name,value,detail');
  expect(lines).toContain('Totals,totalProcessed,3,');
  expect(lines).toContain('Cost in US dollars,Total,1.5000,');
  expect(lines.at(-2)).toBe(
    `Failure,"'=HYPERLINK(""http://example.com"")",ITEM_TOO_LARGE,"<script>alert(""a"")</script>, and\nmore"`,
  );
});

it('HTML holds everything, escaped, and asks for nothing from elsewhere', () => {
  const page = htmlOf(ticket);
  expect(page).toContain('&lt;script&gt;alert(&quot;a&quot;)&lt;/script&gt;');
  expect(page).toContain('project &lt;p&gt;');
  expect(page).toContain('The first 1 of 2');
  expect(page).not.toMatch(/<script|\ssrc=|\shref=|url\(|@import/);
});
