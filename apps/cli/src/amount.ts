const format = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** A number for display: `1,234`. */
export function amount(count: number): string {
  return format.format(count);
}
