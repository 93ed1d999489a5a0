import { createHash } from 'node:crypto';

import {
  type Binding,
  bindingFingerprint,
  decodeRunMarker,
  encodeRunMarker,
  MigrationError,
  type MigrationRequest,
  type Operation,
  errorTable,
  type RollbackRequest,
  type RunMarker,
  sourceAndSettings,
  type Target,
  messageOf,
} from '@migrator/core';

import type { CoordinatorContext } from '../engine-context.ts';
import { AttemptLease, processClock } from '../leases/attempt-lease.ts';
import { migrationReport } from '../reports/migration-report.ts';

/**
 * The table keeps, in a tag for each source, the state of the newest run of all users. A tag is lost only with the
 * table, but Redis and an application's state file may be lost before its next start:
 *
 *     a run starts where there is a marker ──► started ──► completed, and valid ──► completed
 *     a rollback, before its first delete ──► rolled-back
 *
 * If tags are not permitted or not supported, nothing fails; reports say so. Other errors are thrown, and the
 * coordinator's next round tries again.
 */

type MarkerContext = Pick<CoordinatorContext, 'ledger' | 'target'>;

const prefix = 'journal-migration/';
const hashCharacters = 16;

/** Without the table itself, which may be reached by several names and endpoints. */
export function runMarkerKey(binding: Binding): string {
  const fingerprint = bindingFingerprint(binding, sourceAndSettings);
  return prefix + createHash('sha256').update(fingerprint).digest('hex').slice(0, hashCharacters);
}

/**
 * Undefined if there is none, or if the table can't keep any. Throws if it can't be read, for example because the
 * table can't be reached.
 */
export async function readRunMarker(
  target: Pick<Target, 'readTags'>,
  binding: Binding,
  signal: AbortSignal,
): Promise<RunMarker | undefined> {
  const key = runMarkerKey(binding);
  try {
    return decodeRunMarker((await target.readTags(key, signal)).get(key) ?? '');
  } catch (error) {
    if (MigrationError.codeOf(error) !== 'TABLE_NOT_FOUND') throwUnlessRefused(error);
    return undefined;
  }
}

/** Replaces the marker of an older run. */
export async function markStarted(
  context: MarkerContext,
  run: Operation,
  signal: AbortSignal,
): Promise<void> {
  if (!isMarked(run.request)) return;
  const key = runMarkerKey(run.binding);
  try {
    if (!(await context.target.readTags(key, signal)).has(key)) return;
    await write(context, run, key, { state: 'started', migrationId: run.id }, signal);
  } catch (error) {
    // `markCompleted` reports the refusal.
    throwUnlessRefused(error);
  }
}

/**
 * Marks a run as completed, unless its verification is invalid. Returns why the marker could not be written, if so.
 */
export async function markCompleted(
  context: MarkerContext,
  run: Operation,
  finishedAt: Date,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (!isMarked(run.request)) return undefined;
  const ended: Operation = { ...run, state: 'completed', finishedAt: finishedAt.toISOString() };
  const { verification, prune } = await migrationReport(context.ledger, ended);
  if (verification?.isValid === false) return undefined;
  const key = runMarkerKey(run.binding);
  const marker: RunMarker = {
    state: 'completed',
    migrationId: run.id,
    finishedAt: finishedAt.toISOString(),
    users: run.tasks.listed,
    totals: run.totals,
    verification:
      verification === null
        ? undefined
        : {
            id: verification.verificationId,
            totals: {
              ...verification.issueCounts,
              entries: verification.counts.firestore,
              items: verification.counts.dynamodb,
            },
          },
    prune: prune === null ? undefined : { deleted: prune.pruned, kept: prune.kept, unknown: prune.unknown },
  };
  try {
    // A marker that can't be read at the next start is useless.
    await context.target.readTags(key, signal);
    await write(context, run, key, marker, signal);
    return undefined;
  } catch (error) {
    throwUnlessRefused(error);
    return messageOf(error);
  }
}

/**
 * Marks as rolled back the runs, of every source, that a rollback is about to delete. Returns why the markers could
 * not be read, if so. Throws if a marker exists but can't be changed, because it would still say that the run
 * completed.
 */
export async function markRolledBack(
  context: MarkerContext,
  rollback: Operation,
  request: RollbackRequest,
  signal: AbortSignal,
): Promise<string | undefined> {
  let tags: ReadonlyMap<string, string>;
  try {
    tags = await context.target.readTags(prefix, signal);
  } catch (error) {
    throwUnlessRefused(error);
    // Without tags there are no markers.
    return MigrationError.codeOf(error) === 'NOT_SUPPORTED' ? undefined : messageOf(error);
  }
  for (const [key, text] of tags) {
    const marker = decodeRunMarker(text);
    if (marker === undefined || marker.state === 'rolled-back') continue;
    const { migrationId } = marker;
    if (request.migrationId !== undefined && request.migrationId !== migrationId) continue;
    const rolledBack = { state: 'rolled-back', migrationId, rollbackId: rollback.id } as const;
    await write(context, rollback, key, rolledBack, signal);
  }
  return undefined;
}

/** Only a run of all users that wrote items is marked: an application's start relies on it. */
function isMarked(request: Operation['request']): request is MigrationRequest {
  return request.kind === 'migration' && !request.dryRun && request.userIds === undefined;
}

/** The lease keeps a coordinator that was suspended from writing after the operation's end. */
async function write(
  { ledger, target }: MarkerContext,
  operation: Operation,
  key: string,
  marker: RunMarker,
  signal: AbortSignal,
): Promise<void> {
  const requestedAt = processClock();
  const now = await ledger.get(operation.id);
  if (now?.state !== 'running') return;
  await target.writeTag(key, encodeRunMarker(marker), new AttemptLease(requestedAt, processClock), signal);
}

/** Returns if the service denies or does not support tags; throws other errors. */
function throwUnlessRefused(error: unknown): void {
  const code = MigrationError.codeOf(error);
  const { onExhausted } = errorTable[code];
  if (code === 'ACCESS_DENIED') return;
  if (code === 'ABORTED' || onExhausted === 'postpone' || onExhausted === 'pause-run') throw error;
}
