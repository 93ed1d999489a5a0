import type { Sample } from './figures.ts';

/** A figure that follows from two others of the same round. */
export interface Comparison {
  readonly name: string;
  readonly left: string;
  readonly right: string;
  readonly operator: '/' | '-';
}

/** `left / right` or `left - right`, each the name of a figure. */
export function comparison(name: string, formula: string): Comparison {
  const [left = '', operator, right = ''] = formula.split(' ');
  if (operator !== '/' && operator !== '-') throw new TypeError(`no formula: ${formula}`);
  return { name, left, right, operator };
}

/** The comparisons whose figures were measured. */
export function compare(sample: Sample, comparisons: readonly Comparison[]): Sample {
  const compared: Record<string, number> = {};
  for (const { name, left, right, operator } of comparisons) {
    const [one, other] = [sample[left], sample[right]];
    if (one === undefined || other === undefined) continue;
    compared[name] = operator === '/' ? one / other : one - other;
  }
  return compared;
}
