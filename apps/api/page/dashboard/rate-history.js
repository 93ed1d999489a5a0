/**
 * Entries a second over a whole run, in bounded space: when there are too many samples, neighbours become one.
 * @typedef {{ operation: string, samples: readonly (readonly [seconds: number, perSecond: number])[] }} RateHistory
 */

export const maxSamples = 600;

/** @type {RateHistory} */
export const noHistory = { operation: '', samples: [] };

/**
 * @param {RateHistory} history
 * @param {string} operation another one begins a new history
 * @param {number} seconds since 1970
 * @param {number} perSecond
 * @returns {RateHistory}
 */
export function withSample(history, operation, seconds, perSecond) {
  const before = history.operation === operation ? history.samples : [];
  const last = before.at(-1);
  if (last !== undefined && seconds - last[0] < 0.5) return history;
  const samples = [...before, /** @type {const} */ ([Math.round(seconds), Math.round(perSecond * 10) / 10])];
  return { operation, samples: samples.length > maxSamples ? halved(samples) : samples };
}

/**
 * @param {RateHistory['samples']} samples
 * @returns {RateHistory['samples']}
 */
function halved(samples) {
  const half = [];
  for (let at = 0; at < samples.length; at += 2) {
    const [seconds, perSecond] = samples[at] ?? [0, 0];
    const [, next] = samples[at + 1] ?? [0, perSecond];
    half.push(/** @type {const} */ ([seconds, Math.round((perSecond + next) / 2)]));
  }
  return half;
}

/**
 * What was stored, or nothing where it is not as it should be.
 * @param {string | null} text
 * @returns {RateHistory}
 */
export function parseHistory(text) {
  try {
    const { operation, samples } = JSON.parse(text ?? '');
    const isHistory =
      typeof operation === 'string' &&
      Array.isArray(samples) &&
      samples.length <= maxSamples &&
      samples.every(
        (sample) => Array.isArray(sample) && sample.length === 2 && sample.every(Number.isFinite),
      );
    return isHistory ? { operation, samples } : noHistory;
  } catch {
    return noHistory;
  }
}
