import { sectionsOf, type Ticket } from './ticket.ts';

/** `section,name,value,detail`, a line for each figure and each failure (RFC 4180). */
export function csvOf(ticket: Ticket): string {
  const lines = sectionsOf(ticket).flatMap(({ title, rows }) =>
    rows.map(([name, value]) => [title, name, value, '']),
  );
  const failures = ticket.failures.map(({ path, code, message }) => ['Failure', path, code, message]);
  return [['section', 'name', 'value', 'detail'], ...lines, ...failures]
    .map((cells) => `${cells.map(cell).join(',')}\r\n`)
    .join('');
}

/** Quoted where CSV needs it. A text that a spreadsheet would take for a formula gets an apostrophe before it. */
export function cell(text: string): string {
  const safe = /^\s*[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
