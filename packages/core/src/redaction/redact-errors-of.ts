import { redactError } from './redact-error.ts';
import type { Redact } from './redact.ts';

/** The same object, but what its methods throw, or reject with, holds no secret. */
export function redactErrorsOf<T extends object>(service: T, redact: Redact): T {
  const known = new Map<PropertyKey, unknown>();
  return new Proxy(service, {
    get(_target, name) {
      if (known.has(name)) return known.get(name);
      const value: unknown = Reflect.get(service, name, service);
      if (typeof value !== 'function') return value;
      const wrapped = (...args: unknown[]): unknown => {
        try {
          const result: unknown = Reflect.apply(value, service, args);
          return result instanceof Promise
            ? result.catch((error: unknown) => {
                throw redactError(error, redact);
              })
            : result;
        } catch (error) {
          throw redactError(error, redact);
        }
      };
      known.set(name, wrapped);
      return wrapped;
    },
  });
}
