import { entryOutcomeNames, type Operation, processedEntries } from '@migrator/core';
import { answers, verificationReport } from '@migrator/engine';
import { type ExportedMetrics, GaugePage } from '@migrator/runtime';
import { queueLoads } from '@migrator/queue';

import type { ApiContext } from '../api-context.ts';
import { readCurrent } from '../read-status.ts';

/** The current state of the ledger and the queues: exact, for all processes. */
export async function runMetrics(context: ApiContext): Promise<ExportedMetrics> {
  const page = new GaugePage();
  const workers = await context.workers.list();
  const [status, loads, newest, verifications, pace] = await Promise.all([
    readCurrent(context, workers),
    queueLoads(context.queues),
    context.ledger.list('migration', { limit: 1 }),
    context.ledger.list('verification', { limit: 5 }),
    context.rateController.report(),
  ]);

  const states = answers.statusState.options;
  oneOf(page, 'migrator_state', 'State: the one that is 1', 'state', states, status.state);
  const { progress } = status;
  const gauges: readonly (readonly [name: string, help: string, value: number | null | undefined])[] = [
    ['migrator_workers', 'Workers that have reported within ten seconds', workers.length],
    [
      'migrator_worker_tasks',
      'Active tasks of live workers',
      workers.reduce((sum, { tasks }) => sum + tasks, 0),
    ],
    [
      'migrator_progress_ratio',
      'Progress of the active operation, 0 to 1; 0 while unknown',
      (progress?.percent ?? 0) / 100,
    ],
    [
      'migrator_entries_per_second',
      'Entries a second of the active operation, smoothed',
      progress?.entriesPerSecond,
    ],
    ['migrator_pace_write_units', 'Write units a second, all processes together', pace.writeUnitsPerSecond],
    [
      'migrator_pace_max_write_units',
      'The budget of write units a second; 0: none',
      pace.maxWriteUnitsPerSecond,
    ],
  ];
  for (const [name, help, value] of gauges) page.set(name, help, {}, value ?? 0);
  const limits = answers.pace.shape.limitedBy.options;
  const limitedBy = progress?.pace?.limitedBy;
  oneOf(
    page,
    'migrator_pace_limited_by',
    'What limits the write rate: the one that is 1',
    'by',
    limits,
    limitedBy,
  );
  const run = newest.operations[0];
  if (run !== undefined) runGauges(page, run);
  const verified = verifications.operations.find(({ state }) => !['running', 'cancelled'].includes(state));
  if (verified !== undefined) verificationGauges(page, verified);
  for (const { queue, jobs, oldest } of loads) {
    for (const [state, count] of Object.entries(jobs)) {
      page.set('migrator_queue_jobs', 'Jobs by state', { queue, state }, count);
    }
    const age = oldest === undefined ? 0 : Math.max(0, (Date.now() - oldest) / 1_000);
    page.set(
      'migrator_queue_oldest_job_age_seconds',
      'Age of the oldest job that has not ended',
      { queue },
      age,
    );
  }
  return page.export();
}

function runGauges(page: GaugePage, run: Operation): void {
  const count = (name: string): number => run.totals[name] ?? 0;
  for (const outcome of entryOutcomeNames) {
    page.set('migrator_run_entries', "The newest run's entries by outcome", { outcome }, count(outcome));
  }
  page.set(
    'migrator_run_entries_processed',
    "The newest run's entries with an outcome",
    {},
    processedEntries(run),
  );
  page.set('migrator_run_bytes', 'Bytes of items that the newest run wrote', {}, count('bytes'));
  page.set('migrator_run_write_units', 'Write units that the newest run used', {}, count('writeUnits'));
  for (const [state, users] of Object.entries(run.tasks)) {
    page.set('migrator_run_users', "The newest run's users", { state }, users);
  }
  for (const [code, failures] of Object.entries(run.codes)) {
    page.set('migrator_run_failures', "The newest run's failures by code", { code }, failures);
  }
  if (run.finishedAt !== undefined && run.state !== 'running') {
    const finished = Date.parse(run.finishedAt) / 1_000;
    page.set('migrator_run_finished_timestamp_seconds', 'When the newest run ended', {}, finished);
  }
  const states = answers.operationState.options;
  oneOf(page, 'migrator_run_state', 'State of the newest run: the one that is 1', 'state', states, run.state);
}

/** Sets a gauge for each value of a label: 1 for the current one, 0 for the others. */
function oneOf(
  page: GaugePage,
  name: string,
  help: string,
  label: string,
  values: readonly string[],
  present: string | undefined,
): void {
  for (const value of values) page.set(name, help, { [label]: value }, value === present ? 1 : 0);
}

/** Sets the gauges of the newest completed verification. */
function verificationGauges(page: GaugePage, operation: Operation): void {
  const { isValid, issueCounts } = verificationReport(operation);
  page.set('migrator_verification_valid', 'Whether the newest verification is valid', {}, isValid ? 1 : 0);
  for (const [kind, issues] of Object.entries(issueCounts))
    page.set('migrator_verification_issues', "The newest verification's issues", { kind }, issues);
}
