import { setTimeout as wait } from 'node:timers/promises';
import { backoffDelay, type ErrorCode, errorTable } from '../error-codes.ts';
import { MigrationError } from '../migration-error.ts';
import pRetry, { AbortError } from 'p-retry';
import { abortedError } from './abortable.ts';

export interface RetryEvent {
  /** What was being done, as a verb: `read users/ann/trading-journal`. */
  readonly operation: string;
  readonly code: ErrorCode;
  readonly message: string;
  /** Tries so far. */
  readonly attempt: number;
  readonly delayMs: number;
}

export type OnRetry = (event: RetryEvent) => void;

interface RetryOptions {
  readonly operation: string;
  readonly signal?: AbortSignal | undefined;
  readonly onRetry?: OnRetry | undefined;
}

/**
 * Runs a call to a service as core's retry table says: how often and how long apart is looked up by the code of the
 * MigrationError that the call throws. `progressed`, called by a call that got on before it failed, starts the count
 * of tries again. Ends with the last error (its `attempts` set), or with ABORTED as soon as the signal aborts; what it was
 * retrying until then is that error's cause.
 */
export async function withRetries<T>(
  call: (progressed: () => void) => Promise<T>,
  options: RetryOptions,
): Promise<T> {
  const { operation, signal } = options;
  if (signal?.aborted === true) throw abortedError(operation, signal);
  try {
    // Nearly every call succeeds at once: all that a retry takes is set up after a failure only, 5 µs a call.
    return await call(nothingToForget);
  } catch (error) {
    return await retry(call, options, error);
  }
}

/** A first try has no tries before it. */
function nothingToForget(): void {}

/** Goes on after a first try that failed with this error. */
async function retry<T>(
  call: (progressed: () => void) => Promise<T>,
  options: RetryOptions,
  firstError: unknown,
): Promise<T> {
  const { operation, signal, onRetry } = options;
  // Counted by code: a table that throttled us a hundred times has not been unreachable once.
  const tries = new Map<ErrorCode, number>();
  const progressed = (): void => tries.clear();
  const isAborted = (): boolean => signal?.aborted === true;
  let failed: { readonly error: unknown } | undefined = { error: firstError };
  let last: unknown = firstError;
  try {
    const tryOnce = async (): Promise<T> => {
      if (failed !== undefined) {
        const { error } = failed;
        failed = undefined;
        throw error;
      }
      if (isAborted()) throw new AbortError(abortedError(operation, signal, last));
      return await call(progressed);
    };
    // p-retry isn't given the signal: it would throw away what a call brought home while the signal aborted.
    return await pRetry(tryOnce, {
      retries: Number.POSITIVE_INFINITY,
      // p-retry's own wait knows one policy only; ours, by code, is the wait below.
      minTimeout: 0,
      onFailedAttempt: async ({ error, attemptNumber: attempt }) => {
        if (error instanceof MigrationError) {
          error.attempts = attempt;
          if (error.code !== 'ABORTED') last = error;
        }
        const code = MigrationError.codeOf(error);
        const policy = errorTable[code];
        const count = (tries.get(code) ?? 0) + 1;
        if (count >= policy.attempts) throw error;
        tries.set(code, count);
        const delayMs = backoffDelay(policy, count, Math.random());
        onRetry?.({ operation, code, message: error.message, attempt, delayMs });
        await wait(delayMs, undefined, { signal });
      },
    });
  } catch (error) {
    if (isAborted()) throw abortedError(operation, signal, last);
    throw error;
  }
}
