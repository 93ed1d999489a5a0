import { MigrationError } from '@migrator/core';

/**
 * Runs work that a signal can stop, for at most so many milliseconds or until the caller's signal aborts. Where the limit
 * stops it, the service's own last error is thrown (`SOURCE_THROTTLED`, say), or `NOT_ANSWERED` if it gave none.
 */
export async function withinLimit<T>(
  limitMs: number,
  caller: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const limit = AbortSignal.timeout(limitMs);
  const signal = caller === undefined ? limit : AbortSignal.any([limit, caller]);
  try {
    return await work(signal);
  } catch (error) {
    if (!limit.aborted || caller?.aborted === true || MigrationError.codeOf(error) !== 'ABORTED') throw error;
    const last = error instanceof MigrationError ? error.cause : undefined;
    if (last instanceof MigrationError) throw last;
    throw new MigrationError(
      'NOT_ANSWERED',
      `Firestore, DynamoDB or both gave no answer within ${limitMs / 1_000} s; try again`,
      { cause: error },
    );
  }
}
