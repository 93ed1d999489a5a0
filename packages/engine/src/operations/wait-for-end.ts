import { type ErrorCode, type Ledger, MigrationError, type Operation, errorTable } from '@migrator/core';

import type { Progress, StatusState } from '../api/status.ts';
import { currentStatus } from '../reports/current-status.ts';
import { waitForOperation } from './wait-for-operation.ts';

/** The progress of a run. */
export interface RunProgress extends Progress {
  migrationId: string;
  state: StatusState;
}

export interface WaitForEndOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called about once a second. */
  readonly onProgress?: ((progress: RunProgress) => void) | undefined;
  readonly meanwhile?: () => Promise<void>;
  /** Whether any task is active, which distinguishes pausing from paused. */
  readonly isActive?: () => Promise<boolean>;
  readonly onError?: (error: unknown) => Promise<void>;
}

const reportEveryMs = 1_000;

/**
 * Waits for an operation's end. Rejects with ABORTED when the signal aborts. If an error has paused the operation
 * (access denied, for example), rejects with that error. Keeps waiting if an operator has paused it.
 *
 * `meanwhile` is called with each poll. Errors of it and of the ledger are passed to `onError`, which may throw.
 */
export async function waitForEnd(ledger: Ledger, id: string, options: WaitForEndOptions): Promise<Operation> {
  const { signal, onProgress, meanwhile, onError, isActive = async () => false } = options;
  throwIfAborted(signal);
  let reportedAt = 0;
  const poll = async (): Promise<Operation | undefined> => {
    const operation = await ledger.get(id);
    await meanwhile?.();
    return operation;
  };
  const onPoll = async (running: Operation): Promise<void> => {
    throwIfStuck(running);
    if (onProgress === undefined || Date.now() - reportedAt < reportEveryMs) return;
    reportedAt = Date.now();
    await reportProgress(ledger, running, isActive, onProgress);
  };
  const operation = await waitForOperation(poll, { signal, onPoll, onError });
  if (operation !== undefined && operation.state !== 'running') return operation;
  throwIfAborted(signal);
  throw new MigrationError('NOT_FOUND', `the records of ${id} are missing`);
}

export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted !== true) return;
  throw new MigrationError('ABORTED', 'the application stopped waiting for the migration', {
    cause: signal.reason,
  });
}

/** Whether an error has paused it. The reason of an operator's pause has no code. */
export function isStuck({ control, reason }: Operation): boolean {
  return control === 'pause' && codeAndMessage(reason) !== undefined;
}

function codeAndMessage(reason = ''): { code: ErrorCode; message: string } | undefined {
  const [, code = '', message = ''] = /^([A-Z_]+): ([^]*)$/.exec(reason) ?? [];
  return isCode(code) ? { code, message } : undefined;
}

function throwIfStuck(operation: Operation): void {
  const stuck = isStuck(operation) ? codeAndMessage(operation.reason) : undefined;
  if (stuck !== undefined) throw new MigrationError(stuck.code, stuck.message);
}

function isCode(text: string): text is ErrorCode {
  return Object.hasOwn(errorTable, text);
}

async function reportProgress(
  ledger: Ledger,
  operation: Operation,
  isActive: () => Promise<boolean>,
  onProgress: (progress: RunProgress) => void,
): Promise<void> {
  const status = await currentStatus(ledger, operation.binding, isActive);
  const { id } = operation;
  if (status.migrationId !== id || status.progress === null) return;
  onProgress({ migrationId: id, state: status.state, ...status.progress });
}
