import { type ErrorCode, type Ledger, MigrationError, type Operation, errorTable } from '@migrator/core';

import type { Progress, StatusState } from '../api/status.ts';
import { currentStatus } from '../reports/current-status.ts';
import { waitForOperation } from './wait-for-operation.ts';

/** How far a run is. */
export interface RunProgress extends Progress {
  migrationId: string;
  state: StatusState;
}

export interface WaitForEndOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called about once a second. */
  readonly onProgress?: ((progress: RunProgress) => void) | undefined;
  readonly meanwhile?: () => Promise<void>;
  /** Whether anything is being worked on, which tells pausing from paused. */
  readonly isActive?: () => Promise<boolean>;
  readonly onError?: (error: unknown) => Promise<void>;
}

const tellEveryMs = 1_000;

/**
 * Waits for an operation's end. Throws ABORTED with the signal, and where the operation is paused because only a
 * person can help (access denied, say), the error that it is paused with. One that a person has paused is waited for.
 *
 * `meanwhile` is done with each look; what it and the ledger throw goes through `onError`, which may throw.
 */
export async function waitForEnd(ledger: Ledger, id: string, options: WaitForEndOptions): Promise<Operation> {
  const { signal, onProgress, meanwhile, onError, isActive = async () => false } = options;
  throwIfAborted(signal);
  let told = 0;
  const look = async (): Promise<Operation | undefined> => {
    const operation = await ledger.get(id);
    await meanwhile?.();
    return operation;
  };
  const onLook = async (running: Operation): Promise<void> => {
    throwIfStuck(running);
    if (onProgress === undefined || Date.now() - told < tellEveryMs) return;
    told = Date.now();
    await tell(ledger, running, isActive, onProgress);
  };
  const operation = await waitForOperation(look, { signal, onLook, onError });
  if (operation !== undefined && operation.state !== 'running') return operation;
  throwIfAborted(signal);
  throw new MigrationError('NOT_FOUND', `the records of ${id} are gone`);
}

export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted !== true) return;
  throw new MigrationError('ABORTED', 'the application stopped waiting for the migration', {
    cause: signal.reason,
  });
}

/** Paused by the migration itself, with an error: a person's pause has no code. */
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

async function tell(
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
