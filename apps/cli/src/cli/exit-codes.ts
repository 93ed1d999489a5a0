import { ConfigError } from '@migrator/config';
import { errorTable, MigrationError } from '@migrator/core';
import { ApiError } from '@migrator/runtime/api-client';
import type { MigrationReport } from '@migrator/engine';

/** What every command ends with; docs/cli.md has the same table. A stop by a signal: 128 and its number. */
export const exitCodes = {
  done: 0,
  failed: 1,
  usage: 2,
  /** The API, or what the API stands on, does not answer. */
  unreachable: 3,
  /** A conflict with what runs, an unknown id, a missing permission, or a question answered with no. */
  refused: 4,
  /** It ended, with failed entries, an invalid verification, or by a cancel. */
  incomplete: 5,
} as const;

/** What was asked for can't be, as it was asked for. */
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
  // What a service answered to the command itself: as if the API had passed it on.
  const status = error instanceof MigrationError ? errorTable[error.code].httpStatus : undefined;
  return status === undefined ? exitCodes.failed : exitCodeOfStatus(status);
}

function exitCodeOfStatus(status: number | undefined): number {
  if (status === undefined || status === 429 || (status >= 502 && status <= 504))
    return exitCodes.unreachable;
  if (status === 400) return exitCodes.usage;
  return status > 400 && status < 500 ? exitCodes.refused : exitCodes.failed;
}

/** Of an operation by how it ended; one that still runs was started, and that is all that was asked. */
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
