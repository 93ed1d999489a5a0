const format = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** A number for display: `1,234`. */
export function amount(count: number): string {
  return format.format(count);
}

/** `1,234 a second`; a slow rate keeps its decimal: `0.4 a second`. */
export function rate(perSecond: number): string {
  return `${perSecond < 10 ? Number(perSecond.toFixed(1)) : amount(perSecond)} a second`;
}

/** `45 s`, `3 min 20 s`, `2 h 5 min`, `3 d 4 h` */
export function duration(seconds: number): string {
  const rest = Math.max(0, Math.round(seconds));
  const [days, hours, minutes] = [
    Math.floor(rest / 86_400),
    Math.floor(rest / 3_600) % 24,
    Math.floor(rest / 60) % 60,
  ];
  if (days > 0) return `${days} d ${hours} h`;
  if (hours > 0) return `${hours} h ${minutes} min`;
  return minutes > 0 ? `${minutes} min ${rest % 60} s` : `${rest} s`;
}
