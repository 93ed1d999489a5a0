import type { Status } from '@migrator/engine';
import type { Command } from 'commander';

import { amount, duration, rate } from '../amount.ts';
import { apiCommand } from '../cli/api-command.ts';
import { namedRows } from '../cli/columns.ts';
import { failedSoFar } from '../cli/progress-step.ts';
import { describeReport, describeSourceAndTarget } from '../report/describe-report.ts';
import { describePace } from './control.ts';

export function status(): Command {
  return apiCommand('status', 'what runs now, and how the last run ended', async ({ api }) => {
    const value = await api.status();
    return { value, text: describeStatus(value) };
  }).addHelpText('after', '\nExample:\n  journal-migrate status --url https://migrator.example.com --json');
}

export function describeStatus({ currentStatus, lastMigration, lastOutcome }: Status): string {
  const { state, operationId, progress, notice, workers } = currentStatus;
  const total = progress?.total ?? null;
  const failed = progress === null ? undefined : failedSoFar(progress);
  const things = operationId?.startsWith('rollback-') === true ? 'items' : 'entries';
  const rows = {
    ...describeSourceAndTarget(currentStatus),
    workers: `${amount(workers.live)} live, ${amount(workers.tasks)} tasks`,
    pace: describePace(currentStatus),
    ...(progress === null
      ? {}
      : {
          progress:
            `${amount(progress.processed)}${total === null ? '' : ` of ${amount(total)}`} ${things}, ` +
            rate(progress.entriesPerSecond),
          ...(progress.etaSeconds === null ? {} : { left: duration(progress.etaSeconds) }),
          ...(failed === undefined ? {} : { failures: `${failed} so far` }),
          ...(progress.reason === null ? {} : { reason: progress.reason }),
        }),
    ...(notice === null ? {} : { notice }),
    ...(lastOutcome === null
      ? {}
      : { 'last outcome': `${lastOutcome.message} (${lastOutcome.id}, ${lastOutcome.finishedAt})` }),
  };
  const last = lastMigration === null ? 'No run has ended yet.\n' : describeReport(lastMigration);
  return `${state}${operationId === null ? '' : ` ${operationId}`}\n${namedRows(rows)}\nLast run: ${last}`;
}
