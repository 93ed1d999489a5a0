import { ConfigError } from '@migrator/config';
import { errorTable, MigrationError } from '@migrator/core';
import { ApiError } from '@migrator/runtime/api-client';
import type { MigrationReport } from '@migrator/engine';

/** The exit codes of all commands; docs/cli.md has the same table. After a signal: 128 plus its number. */
export const exitCodes = {
  done: 0,
  failed: 1,
  usage: 2,
  /** The API, or a service that it needs, does not answer. */
  unreachable: 3,
  /** A conflict with what runs, an unknown id, a missing permission, or a question answered with no. */
  refused: 4,
  /** The operation ended with failed entries, with an invalid verification, or was cancelled. */
  incomplete: 5,
} as const;

/** The command or its options are invalid. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export class DeclinedError extends Error {
  override readonly name = 'DeclinedError';
}

export function exitCodeOf(error: unknown): number {
  if (error instanceof UsageError || error instanceof ConfigError) return exitCodes.usage;
  if (error instanceof DeclinedError) return exitCodes.refused;
  if (error instanceof ApiError) return exitCodeOfStatus(error.status);
  // An error of a service called by the command itself gets the exit code of the same error from the API.
  const status = error instanceof MigrationError ? errorTable[error.code].httpStatus : undefined;
  return status === undefined ? exitCodes.failed : exitCodeOfStatus(status);
}

function exitCodeOfStatus(status: number | undefined): number {
  if (status === undefined || status === 429 || (status >= 502 && status <= 504))
    return exitCodes.unreachable;
  if (status === 400) return exitCodes.usage;
  return status > 400 && status < 500 ? exitCodes.refused : exitCodes.failed;
}

/** The exit code for an operation's end. A running one counts as success: the command was only to start it. */
export function exitCodeOfEnd(
  state: MigrationReport['state'],
  verification?: { readonly isValid: boolean | null } | null,
): number {
  switch (state) {
    case 'running':
      return exitCodes.done;
    case 'completed':
      return verification?.isValid === false ? exitCodes.incomplete : exitCodes.done;
    case 'completed-with-failures':
    case 'cancelled':
      return exitCodes.incomplete;
    case 'failed':
      return exitCodes.failed;
  }
}
