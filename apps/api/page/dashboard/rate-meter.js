/** Seconds that a rate is taken over. */
const windowSeconds = 12;

/**
 * Measures how fast a count grows, for the phases in which the server does not tell.
 * @returns {(what: string, count: number, atSeconds: number) => number | undefined} a second; undefined until it can be told
 */
export function rateMeter() {
  /** @type {{ count: number, at: number }[]} */
  let samples = [];
  let measured = '';
  return (what, count, at) => {
    if (what !== measured) samples = [];
    measured = what;
    samples.push({ count, at });
    samples = samples.filter((sample) => at - sample.at <= windowSeconds);
    const first = samples[0];
    if (first === undefined || at - first.at < 1) return undefined;
    return Math.max(0, (count - first.count) / (at - first.at));
  };
}
