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
  const values = new Map<string, number[]>();
  for (const round of rounds) {
    for (const [name, value] of Object.entries(round)) {
      const found = values.get(name);
      if (found === undefined) values.set(name, [value]);
      else found.push(value);
    }
  }
  return Object.fromEntries([...values].map(([name, all]) => [name, figureOf(all)]));
}

/** Three digits that mean something are more than the noise lets through. */
function rounded(value: number | undefined): number {
  if (value === undefined) return Number.NaN;
  return Math.abs(value) >= 1_000 ? Math.round(value) : Number(value.toPrecision(4));
}
