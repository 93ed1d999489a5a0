import type { ErrorCode } from './error-codes.ts';

/** The one error class of the product. Programs read `code`, operators read `message`. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError';
  readonly code: ErrorCode;
  /** How often the call was tried. */
  attempts: number;

  constructor(code: ErrorCode, message: string, options: { cause?: unknown; attempts?: number } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.attempts = options.attempts ?? 1;
  }

  static codeOf(error: unknown): ErrorCode {
    return error instanceof MigrationError ? error.code : 'INTERNAL';
  }
}

/** The message of a thrown value, which may be no Error. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** What is recorded of a failure. */
export function failureOf(error: unknown): { code: ErrorCode; message: string; attempts: number } {
  const attempts = error instanceof MigrationError ? error.attempts : 1;
  return { code: MigrationError.codeOf(error), message: messageOf(error), attempts };
}

export function operationNotFound(id: string | undefined): MigrationError {
  return new MigrationError('NOT_FOUND', `There is no operation ${id}`);
}

export function takenBack(migrationId: string, rollbackId: string | undefined): MigrationError {
  return new MigrationError('ROLLED_BACK', `${migrationId} was rolled back by ${rollbackId}`);
}

export function notRetryable(migrationId: string): MigrationError {
  return new MigrationError(
    'NOT_RETRYABLE',
    `${migrationId} did not complete; start a new run, which skips existing items and does the rest`,
  );
}
