/** What a spreadsheet takes for the beginning of a formula. */
const formula = /^[=+\-@\t\r\n]/;

/** @param {string | number} value */
function cell(value) {
  const text = String(value);
  // An apostrophe in front makes a spreadsheet show it as text.
  const safe = typeof value === 'string' && formula.test(text) ? `'${text}` : text;
  return `"${safe.replaceAll('"', '""')}"`;
}

/**
 * CSV as RFC 4180 has it, safe to open in a spreadsheet.
 * @param {readonly string[]} head
 * @param {readonly (readonly (string | number)[])[]} rows
 */
export function toCsv(head, rows) {
  return [head, ...rows].map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}
