import { MigrationError } from '../migration-error.ts';

/** An ABORTED error. Its cause is `last`, the service's error that was being retried, or else the signal's reason. */
export function abortedError(operation: string, signal?: AbortSignal, last?: unknown): MigrationError {
  const cause = last instanceof MigrationError && last.code !== 'ABORTED' ? last : signal?.reason;
  return new MigrationError('ABORTED', `Stopped while trying to ${operation}.`, { cause });
}

/** Rejects with ABORTED when the signal aborts before `work` settles. For work that can't be stopped itself. */
export async function abortable<T>(work: Promise<T>, operation: string, signal?: AbortSignal): Promise<T> {
  if (signal === undefined) return await work;
  const aborted = Promise.withResolvers<never>();
  const abort = (): void => aborted.reject(abortedError(operation, signal));
  signal.addEventListener('abort', abort, { once: true });
  try {
    if (signal.aborted) abort();
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
