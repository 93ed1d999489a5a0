import { MigrationError } from '@migrator/core';

/**
 * Runs abortable work for at most `limitMs` milliseconds, or until the caller's signal aborts. At the limit it throws
 * the service's last error (such as `SOURCE_THROTTLED`), or `NOT_ANSWERED` if there was none.
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
      `Firestore or DynamoDB did not answer within ${limitMs / 1_000} s; try again`,
      { cause: error },
    );
  }
}
