/**
 * Bytes as DynamoDB counts an item, rounded up where its documentation says "approximately", so that no item that we
 * let through is refused for its size.
 *
 * - a name counts its UTF-8 bytes, at the top and inside maps
 * - text counts its UTF-8 bytes, binary its raw bytes, null and boolean one
 * - a number counts one byte, one for each two significant digits (they are stored in pairs that need not begin at the
 *   first digit, hence one more), and one if it is negative
 * - a list or map counts three, and one more for each element
 */

/** 400 KB: the most that DynamoDB takes for one item. */
export const maxItemBytes = 409_600;

export const containerSize = 3;
export const elementSize = 1;
/** A null or a boolean. */
export const flagSize = 1;

/** `digits`: significant ones, without leading zeros; trailing ones may be counted. */
export function numberSize(digits: number, negative: boolean): number {
  return 2 + (digits >> 1) + (negative ? 1 : 0);
}
