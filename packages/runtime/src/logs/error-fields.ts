import { MigrationError } from '@migrator/core';

/**
 * What a log line says of an error: no more than this, because libraries hang whole requests, headers and commands (a
 * Redis AUTH with its password) on their errors.
 */
export function errorFields(error: unknown): object {
  if (!(error instanceof Error)) return { message: String(error) };
  const cause = error.cause instanceof Error ? error.cause.message : undefined;
  return {
    type: error.name,
    message: error.message,
    ...codeOf(error),
    ...(cause === undefined || cause === error.message ? {} : { cause }),
    // Ours say what to do; only for a bug does it matter where it was thrown.
    ...(error instanceof MigrationError ? {} : { stack: error.stack }),
  };
}

function codeOf(error: Error): object {
  return 'code' in error && typeof error.code === 'string' ? { code: error.code } : {};
}
