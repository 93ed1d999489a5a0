import type { Figures } from './figures.ts';

/** The figures as a table in Markdown, a row for each. */
export function markdownTable(figures: Figures, machine: string): string {
  const rows = Object.entries(figures).map(
    ([name, { median, min, max }]) => `| \`${name}\` | ${shown(median)} | ${shown(min)} | ${shown(max)} |`,
  );
  return [
    `${machine}.`,
    '',
    '| figure | median | min | max |',
    '| --- | ---: | ---: | ---: |',
    ...rows,
    '',
  ].join('\n');
}

function shown(value: number): string {
  return value.toLocaleString('en-US', { maximumSignificantDigits: 4 });
}
