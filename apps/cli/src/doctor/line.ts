import { messageOf } from '@migrator/core';

/** The result of one check. `fail`: a run would not work. */
export interface Line {
  readonly check: string;
  readonly level: 'ok' | 'warn' | 'fail';
  /** The finding and, unless it is ok, what to do. */
  readonly says: string;
}

export const ok = (check: string, says: string): Line => ({ check, level: 'ok', says });
export const warn = (check: string, says: string): Line => ({ check, level: 'warn', says });
export const fail = (check: string, error: unknown): Line => ({
  check,
  level: 'fail',
  says: messageOf(error),
});

/** The result of `work`, and the milliseconds that it took. */
export async function timed<T>(work: Promise<T>): Promise<{ readonly value: T; readonly ms: number }> {
  const startedAt = performance.now();
  const value = await work;
  return { value, ms: Math.round(performance.now() - startedAt) };
}
