import { MigrationError } from '@migrator/core';

const names = new Set(['MaxRetriesPerRequestError', 'ClusterAllFailedError', 'AbortError']);
const messages =
  /^(Connection is (closed|in)|Stream isn't writeable|Command timed out|Socket timeout|Cluster isn't ready|None of startup nodes|Too many Cluster redirections|Failed to refresh slots|All sentinels|LOADING|READONLY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|BUSY )/;

/** Whether it says that Redis is out of reach at the moment, and not that something is wrong with what was asked. */
export function isRedisTrouble(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (names.has(error.name) || messages.test(error.message)) return true;
  // Node's own: ECONNRESET, ECONNREFUSED, ETIMEDOUT, ENOTFOUND …
  return 'syscall' in error && 'code' in error;
}

/** The same object, but for such an error of a method, which becomes REDIS_UNAVAILABLE. */
export function namingRedisTrouble<T extends object>(books: T): T {
  return new Proxy(books, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name);
      if (typeof method !== 'function') return method;
      return async (...args: unknown[]): Promise<unknown> => {
        try {
          return await (Reflect.apply(method, target, args) as Promise<unknown>);
        } catch (error) {
          if (!isRedisTrouble(error)) throw error;
          throw new MigrationError(
            'REDIS_UNAVAILABLE',
            `Redis can't be reached (${(error as Error).message}); check REDIS_URL and that it runs`,
            { cause: error },
          );
        }
      };
    },
  });
}
