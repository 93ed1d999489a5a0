import { setTimeout as wait } from 'node:timers/promises';
import { backoffDelay, type ErrorCode, errorTable } from '../error-codes.ts';
import { MigrationError } from '../migration-error.ts';
import pRetry, { AbortError } from 'p-retry';
import { abortedError } from './abortable.ts';

export interface RetryEvent {
  /** What the call does, beginning with a verb: `read users/ann/trading-journal`. */
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
 * Runs a call to a service and retries it as `errorTable` says for the code of the MigrationError that it throws. A
 * call that makes progress before it fails calls `progressed`, which resets the count of tries. Rejects with the last
 * error (its `attempts` set), or with ABORTED as soon as the signal aborts; the cause is then the error that was
 * being retried.
 */
export async function withRetries<T>(
  call: (progressed: () => void) => Promise<T>,
  options: RetryOptions,
): Promise<T> {
  const { operation, signal } = options;
  if (signal?.aborted === true) throw abortedError(operation, signal);
  try {
    // Nearly every call succeeds at once. Setting up retries only after a failure saves 5 µs a call.
    return await call(noTriesYet);
  } catch (error) {
    return await retry(call, options, error);
  }
}

/** The first try has no count to reset. */
function noTriesYet(): void {}

/** Continues after the first try failed with this error. */
async function retry<T>(
  call: (progressed: () => void) => Promise<T>,
  options: RetryOptions,
  firstError: unknown,
): Promise<T> {
  const { operation, signal, onRetry } = options;
  // Counted by code: a hundred throttled tries must not use up the tries of an unreachable service.
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
    // p-retry does not get the signal: it would discard the result of a call that completes while the signal aborts.
    return await pRetry(tryOnce, {
      retries: Number.POSITIVE_INFINITY,
      // p-retry supports one delay policy only; the delay by code is the wait below.
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
