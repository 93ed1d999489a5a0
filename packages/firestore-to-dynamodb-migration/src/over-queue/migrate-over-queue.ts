import { openQueueContext, type QueueContext } from '@migrator/runtime';
import {
  type Binding,
  isSameBinding,
  type Ledger,
  type MigrationRequest,
  type Operation,
} from '@migrator/core';
import {
  controlCurrent,
  hasLeases,
  isStuck,
  migrationReport,
  newestMigration,
  OperationRunningError,
  preflight,
  retryMigration,
  startOperation,
  throwIfAborted,
  waitForEnd,
} from '@migrator/engine';
import {
  closeRedis,
  connectRedis,
  createRedisLedger,
  requireFitRedis,
  requireRecordVersion,
  requireRedis,
} from '@migrator/queue';

import { covers } from '../covers.ts';
import { type MigrationResult, resultOf } from '../migration-result.ts';
import { nextStep } from '../next-step.ts';
import type { ResolvedOptions } from '../options.ts';
import { requireTable, runOfTable } from '../ask-table.ts';
import { FallbackWorker } from './fallback-worker.ts';

const redisLimitMs = 5_000;
/** How long Redis may be unreachable during a run, in milliseconds. */
const redisLossMs = 30_000;
/** How many polls in a row may fail although Redis responds. */
const maxFailedPolls = 5;

/** What fails meets the waiting call too, which throws it; a library has no log to write to. */
const ignore = (): undefined => undefined;

/**
 * Runs the migration over the queue, or takes part in what runs there:
 *
 *     completed before, and valid ──► is the table there? ──────────► its result
 *     Redis knows of no run, and the table knows of one ────────────► its result
 *     a run is active ─────────────────────────► wait for its end ───► its result
 *     another operation is active ──► wait for its end, check again
 *     nothing is active ► preflight ──► start (or retry) ──► wait ──► its result
 */
export async function migrateOverQueue(wanted: ResolvedOptions): Promise<MigrationResult> {
  const { prefix } = wanted.config.redis;
  const ledgerRedis = connectRedis(wanted.config.redis, 'api', ignore);
  try {
    throwIfAborted(wanted.signal);
    await requireRedis(ledgerRedis, redisLimitMs);
    await requireRecordVersion(ledgerRedis, prefix);
    const ledger = createRedisLedger({ redis: ledgerRedis, prefix });
    const context = await openQueueContext(wanted.config, 'api', ignore);
    const worker = new FallbackWorker(context, wanted.config);
    try {
      const before = await lastRun(ledger, wanted.request, await context.binding());
      if ((await ledger.current()) === undefined) {
        const step = nextStep(before, before, wanted, await isInvalid(ledger, before));
        if (step.take === 'result') {
          await requireTable(context.target);
          return await resultOf(ledger, step.of);
        }
        const kept = before === undefined ? await keptByTable(context, wanted) : undefined;
        if (kept !== undefined) return kept;
      }
      return await resultOf(ledger, await takePart(context, worker, before, wanted));
    } finally {
      await worker.stop();
      await context.close();
    }
  } finally {
    await closeRedis(ledgerRedis);
  }
}

/** Redis was lost, or the application had none so far. */
async function keptByTable(
  context: QueueContext,
  wanted: ResolvedOptions,
): Promise<MigrationResult | undefined> {
  if (wanted.again || wanted.request.dryRun) return undefined;
  const run = await runOfTable(context.target, await context.binding(), wanted);
  if (run === undefined) return undefined;
  const step = nextStep(run.operation, run.operation, wanted, false);
  return step.take === 'result' ? await resultOf(run.ledger, step.of) : undefined;
}

/** The operation whose result is the call's, once it has ended. */
async function takePart(
  context: QueueContext,
  worker: FallbackWorker,
  before: Operation | undefined,
  wanted: ResolvedOptions,
): Promise<Operation> {
  const { ledger } = context;
  const { request, signal } = wanted;
  const untilEnded = (id: string, onProgress?: ResolvedOptions['onProgress']): Promise<Operation> =>
    waitForEnd(ledger, id, {
      signal,
      onProgress,
      meanwhile: () => worker.stepIn(id),
      isActive: () => hasLeases(ledger),
      onError: patience(context),
    });
  let checked = false;
  for (;;) {
    const current = await ledger.current();
    if (current !== undefined) {
      const isOurs = isSameBinding(current.binding, await context.binding());
      if (isOurs && current.request.kind === 'migration' && covers(current.request, request)) {
        await resumeIfStuck(context, current);
        return await untilEnded(current.id, wanted.onProgress);
      }
      await untilEnded(current.id);
      continue;
    }
    const last = await lastRun(ledger, request, await context.binding());
    const step = nextStep(last, before, wanted, await isInvalid(ledger, last));
    if (step.take === 'result') return step.of;
    if (!checked) {
      await requireFitRedis(context.redis, wanted.config.redis.prefix);
      await preflight(context, request, signal);
      throwIfAborted(signal);
      checked = true;
      // It may have taken seconds, in which another instance of the application was faster.
      continue;
    }
    try {
      const opened =
        step.take === 'retry'
          ? await retryMigration(context, step.of.id, {})
          : await startOperation(context, request, signal);
      return await untilEnded(opened.id, wanted.onProgress);
    } catch (error) {
      if (!(error instanceof OperationRunningError)) throw error;
    }
  }
}

/** Resumes a run that an error has paused: a restart of the application counts as the operator's action. */
async function resumeIfStuck(context: QueueContext, current: Operation): Promise<void> {
  if (isStuck(current)) await controlCurrent(context, 'run');
}

async function isInvalid(ledger: Ledger, run: Operation | undefined): Promise<boolean> {
  if (run === undefined) return false;
  const { verification } = await migrationReport(ledger, run);
  return verification?.isValid === false;
}

/** Sits out a Redis that is away for a while; everything of the run is kept there. */
function patience({ redis }: QueueContext) {
  let failed = 0;
  let since = Date.now();
  return async (error: unknown): Promise<void> => {
    await requireRedis(redis, redisLossMs);
    if (Date.now() - since > redisLossMs) failed = 0;
    since = Date.now();
    failed += 1;
    if (failed > maxFailedPolls) throw error;
  };
}

/** The newest run with this binding that has ended and did all that is wanted. */
async function lastRun(
  ledger: Ledger,
  wanted: MigrationRequest,
  own: Binding,
): Promise<Operation | undefined> {
  return await newestMigration(
    ledger,
    ({ state, binding }, request) =>
      state !== 'running' && covers(request, wanted) && isSameBinding(binding, own),
  );
}
