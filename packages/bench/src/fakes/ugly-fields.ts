import type { FieldValue } from '@migrator/devkit';

/** Doubles that need all their digits, maps as deep as they may be, big arrays, text that is all escapes. */
export function uglyFields(seed: number): { [name: string]: FieldValue } {
  const double = (index: number): number => Math.sin(seed * 1_000 + index) * 10 ** ((index % 40) - 20);
  let deep: FieldValue = { end: double(0) };
  for (let level = 0; level < 17; level += 1) deep = { ['level']: deep, beside: double(level) };
  return {
    trades: Array.from({ length: 40 }, (_, index) => ({
      price: double(index),
      quantity: BigInt(seed + 1) * 9_007_199_254_740_993n,
      note: '"\\\n\t\u0001 – 落ち着き 📉',
    })),
    heatmap: deep,
    performance: { profitFactor: Number.POSITIVE_INFINITY, sharpe: Number.NaN, tiny: 5e-324, huge: 1.5e300 },
    risk: { series: Array.from({ length: 200 }, (_, index) => double(index)) },
    summary: { raw: new Uint8Array(300).fill(seed), when: new Date(1_700_000_000_000 + seed) },
  };
}
