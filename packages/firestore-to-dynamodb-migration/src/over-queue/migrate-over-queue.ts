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
import { requireTable, resultOfMarkedRun, runOfTable } from '../table-record.ts';
import { FallbackWorker } from './fallback-worker.ts';

const redisLimitMs = 5_000;
/** How long Redis may be unreachable during a run, in milliseconds. */
const redisLossMs = 30_000;
/** How many polls in a row may fail although Redis responds. */
const maxFailedPolls = 5;

/** The waiting call throws the same errors, and a library has no log. */
const ignore = (): undefined => undefined;

/**
 * Runs the migration over the queue, or joins an active run:
 *
 *     completed before, and valid ──► does the table exist? ────────► its result
 *     no run in Redis, but one recorded on the table ───────────────► its result
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
        if (step.action === 'result') {
          await requireTable(context.target);
          return await resultOf(ledger, step.run);
        }
        const recorded = before === undefined ? await resultOnTable(context, wanted) : undefined;
        if (recorded !== undefined) return recorded;
      }
      return await resultOf(ledger, await joinOrStart(context, worker, before, wanted));
    } finally {
      await worker.stop();
      await context.close();
    }
  } finally {
    await closeRedis(ledgerRedis);
  }
}

/** For a Redis that has lost its data, or is new. */
async function resultOnTable(
  context: QueueContext,
  wanted: ResolvedOptions,
): Promise<MigrationResult | undefined> {
  if (wanted.again || wanted.request.dryRun) return undefined;
  const run = await runOfTable(context.target, await context.binding(), wanted);
  return run && (await resultOfMarkedRun(run, wanted));
}

/** The operation whose result this call returns, when it has ended. */
async function joinOrStart(
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
      meanwhile: () => worker.startIfNeeded(id),
      isActive: () => hasLeases(ledger),
      onError: toleratesOutage(context),
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
    if (step.action === 'result') return step.run;
    if (!checked) {
      await requireFitRedis(context.redis, wanted.config.redis.prefix);
      await preflight(context, request, signal);
      throwIfAborted(signal);
      checked = true;
      // The checks may have taken seconds, in which another instance of the application may have started a run.
      continue;
    }
    try {
      const opened =
        step.action === 'retry'
          ? await retryMigration(context, step.run.id, {})
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

/** Waits for a Redis that is unreachable for a while, and throws if polls keep failing. */
function toleratesOutage({ redis }: QueueContext) {
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

/** The newest run with this binding that has ended and covers the request. */
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
