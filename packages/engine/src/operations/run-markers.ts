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
 * The table keeps, in a tag for each source, what became of the newest run of all users. A tag is lost only with the table,
 * while Redis and an application's state file may be gone at its next start:
 *
 *     a run starts where there is a marker ──► started ──► completed, and valid ──► completed
 *     a rollback takes it back, before its first delete ──► rolled-back
 *
 * Where tags may not be used, or the service has none, nothing fails: reports say so. Other errors are thrown, as from all
 * calls of a coordinator: its next round tries again.
 */

type MarkerContext = Pick<CoordinatorContext, 'ledger' | 'target'>;

const prefix = 'journal-migration/';
const hashCharacters = 16;

/** The table itself is no part of it: under each name and endpoint it is the same one. */
export function runMarkerKey(binding: Binding): string {
  const fingerprint = bindingFingerprint(binding, sourceAndSettings);
  return prefix + createHash('sha256').update(fingerprint).digest('hex').slice(0, hashCharacters);
}

/** Undefined where there is none, or the table can't keep any. Throws where it is not known: out of reach, say. */
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

/** An older run's marker says nothing about what follows. */
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
    // Its end says so.
    throwUnlessRefused(error);
  }
}

/** For a run that has completed; one whose own verification is invalid is not marked. Answers with what kept it from that. */
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
    // What can't be read at the next start does not help.
    await context.target.readTags(key, signal);
    await write(context, run, key, marker, signal);
    return undefined;
  } catch (error) {
    throwUnlessRefused(error);
    return messageOf(error);
  }
}

/**
 * For the runs that a rollback is about to take back, of every source. Answers with why it is not known which those are.
 * Throws where a marker is known and can't be changed: it would go on saying that a run has completed.
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
    // A service without tags has no markers.
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

/** A run of some users, or one that wrote nothing, is not what a start of the application asks for. */
function isMarked(request: Operation['request']): request is MigrationRequest {
  return request.kind === 'migration' && !request.dryRun && request.userIds === undefined;
}

/** A coordinator that was stopped in between and wakes when the operation is long over writes nothing (Lease). */
async function write(
  { ledger, target }: MarkerContext,
  operation: Operation,
  key: string,
  marker: RunMarker,
  signal: AbortSignal,
): Promise<void> {
  const asked = processClock();
  const now = await ledger.get(operation.id);
  if (now?.state !== 'running') return;
  await target.writeTag(key, encodeRunMarker(marker), new AttemptLease(asked, processClock), signal);
}

/** Refused are those whom the service does not let use tags, or whose request it does not know or take. */
function throwUnlessRefused(error: unknown): void {
  const code = MigrationError.codeOf(error);
  const { onExhausted } = errorTable[code];
  if (code === 'ACCESS_DENIED') return;
  if (code === 'ABORTED' || onExhausted === 'postpone' || onExhausted === 'pause-run') throw error;
}
