export interface Figure {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

export type Figures = { readonly [name: string]: Figure };

/** What one round measured, by name. */
export type Sample = { readonly [name: string]: number };

export function figureOf(values: readonly number[]): Figure {
  const sorted = values.toSorted((one, other) => one - other);
  const middle = (sorted.length - 1) / 2;
  const median = ((sorted[Math.floor(middle)] ?? Number.NaN) + (sorted[Math.ceil(middle)] ?? Number.NaN)) / 2;
  return { median: rounded(median), min: rounded(sorted[0]), max: rounded(sorted.at(-1)) };
}

/** Each name's figure over all rounds that measured it. */
export function figuresOf(rounds: readonly Sample[]): Figures {
  const measured = rounds.flatMap((round) => Object.entries(round));
  return Object.fromEntries(
    [...Map.groupBy(measured, ([name]) => name)].map(([name, pairs]) => [
      name,
      figureOf(pairs.map(([, value]) => value)),
    ]),
  );
}

/** Four digits: fewer than that are significant. */
function rounded(value: number | undefined): number {
  if (value === undefined) return Number.NaN;
  return Math.abs(value) >= 1_000 ? Math.round(value) : Number(value.toPrecision(4));
}

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
