import { escapeHtml } from '@migrator/core';

import { sectionsOf, type Ticket } from './ticket.ts';

/** The report as CSV: `section,name,value,detail`, a line for each figure and each failure (RFC 4180). */
export function csvOf(ticket: Ticket): string {
  const lines = sectionsOf(ticket).flatMap(({ title, rows }) =>
    rows.map(([name, value]) => [title, name, value, '']),
  );
  const failures = ticket.failures.map(({ path, code, message }) => ['Failure', path, code, message]);
  return [['section', 'name', 'value', 'detail'], ...lines, ...failures]
    .map((cells) => `${cells.map(cell).join(',')}\r\n`)
    .join('');
}

/** A CSV cell, quoted if needed. Text that a spreadsheet would interpret as a formula gets an apostrophe before it. */
export function cell(text: string): string {
  const safe = /^\s*[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

const style =
  'body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}' +
  'table{border-collapse:collapse;width:100%;margin-bottom:1.5rem}' +
  'td,th{border-bottom:1px solid #ccc;padding:.25rem .5rem;text-align:left;vertical-align:top;overflow-wrap:anywhere}' +
  'th{font-weight:600;width:14rem}';

/** The report as one self-contained HTML page. */
export function htmlOf(ticket: Ticket): string {
  const title = escapeHtml(`${ticket.migrationId}: ${ticket.state}`);
  const sections = sectionsOf(ticket).map(({ title: heading, rows }) => table(heading, rows));
  return (
    '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">' +
    `<title>${title}</title><style>${style}</style></head>\n<body><h1>${title}</h1>\n` +
    `${sections.join('')}${failuresOf(ticket)}</body></html>\n`
  );
}

function table(heading: string, rows: readonly (readonly [string, string])[]): string {
  const lines = rows.map(
    ([name, value]) => `<tr><th>${escapeHtml(name)}</th><td>${escapeHtml(value)}</td></tr>\n`,
  );
  return `<h2>${escapeHtml(heading)}</h2>\n<table>\n${lines.join('')}</table>\n`;
}

function failuresOf({ failures, totals }: Ticket): string {
  const count = totals['failureCount'] ?? failures.length;
  if (count === 0) return '<h2>Failures</h2>\n<p>None</p>\n';
  const lines = failures.map(({ path, code, message }) => {
    return `<tr><td>${escapeHtml(path)}</td><td>${escapeHtml(code)}</td><td>${escapeHtml(message)}</td></tr>\n`;
  });
  const shown = failures.length < count ? `<p>The first ${failures.length} of ${count}</p>\n` : '';
  return `<h2>Failures</h2>\n${shown}<table>\n${lines.join('')}</table>\n`;
}
