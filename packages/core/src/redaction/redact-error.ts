import { MigrationError } from '../migration-error.ts';
import { wrapMethods } from '../wrap-methods.ts';

import type { Redact } from './redact.ts';

/** The number of nested causes that are copied, because a chain may be cyclic. */
const maxDepth = 5;

/**
 * Redacts an error's message, stack and properties, and returns it. Its cause becomes a plain copy, unless it is a
 * MigrationError, whose code callers read. Properties that are objects are removed, because libraries attach whole
 * requests with headers, and commands with passwords.
 */
export function redactError(error: unknown, redact: Redact, depth = 1): unknown {
  if (typeof error === 'string') return redact(error);
  if (!(error instanceof Error)) return error;
  const { message, stack, cause } = error;
  for (const name of Object.keys(error)) {
    const value: unknown = Reflect.get(error, name);
    if (typeof value === 'string') Reflect.set(error, name, redact(value));
    else if (isHolder(value)) Reflect.deleteProperty(error, name);
  }
  error.message = redact(message);
  if (stack !== undefined) error.stack = redact(stack);
  if (cause instanceof MigrationError && depth < maxDepth)
    error.cause = redactError(cause, redact, depth + 1);
  else if (cause !== undefined) error.cause = plain(cause, redact, depth);
  return error;
}

function plain(cause: unknown, redact: Redact, depth: number): unknown {
  if (typeof cause === 'string') return redact(cause);
  if (!isHolder(cause)) return cause;
  const { name, message, code, stack, cause: next } = cause as Partial<Error> & { code?: unknown };
  const copy = new Error(
    redact(typeof message === 'string' ? message : ''),
    next === undefined || depth >= maxDepth ? undefined : { cause: plain(next, redact, depth + 1) },
  );
  copy.name = redact(typeof name === 'string' ? name : 'Error');
  copy.stack = redact(typeof stack === 'string' ? stack : `${copy.name}: ${copy.message}`);
  if (typeof code === 'string' || typeof code === 'number') {
    Object.assign(copy, { code: typeof code === 'string' ? redact(code) : code });
  }
  return copy;
}

function isHolder(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

/** A proxy of the object that redacts the errors that its methods throw or reject with. */
export function redactErrorsOf<T extends object>(service: T, redact: Redact): T {
  const fail = (error: unknown): never => {
    throw redactError(error, redact);
  };
  return wrapMethods(service, (_name, call) => (...args) => {
    try {
      const result = call(...args);
      return result instanceof Promise ? result.catch(fail) : result;
    } catch (error) {
      return fail(error);
    }
  });
}
