import type { answers, MigrationReport } from '@migrator/engine';

import { type Cost, costOf } from './cost.ts';
import { describeSourceAndTarget, secondsOf } from './describe-report.ts';

export interface Ticket extends Pick<
  MigrationReport,
  'migrationId' | 'state' | 'dryRun' | 'startedAt' | 'finishedAt' | 'verification' | 'rolledBackBy' | 'reason'
> {
  readonly seconds: number;
  readonly source: string;
  readonly target: string;
  readonly totals: Readonly<Record<string, number>>;
  readonly cost: Cost;
  /** The kept failures; `totals.failureCount` counts all. */
  readonly failures: answers.FailuresPage['failures'];
}

export function ticketOf(report: MigrationReport, failures: Ticket['failures']): Ticket {
  const { migrationId, state, dryRun, startedAt, finishedAt, verification, rolledBackBy, reason } = report;
  const { users, ...stats } = report.stats;
  const numbers = Object.entries(stats).filter(
    (pair): pair is [string, number] => typeof pair[1] === 'number',
  );
  return {
    migrationId,
    state,
    dryRun,
    startedAt,
    finishedAt,
    seconds: secondsOf(report.stats),
    ...describeSourceAndTarget(report),
    totals: {
      ...Object.fromEntries(numbers),
      usersListed: users.listed,
      usersCompleted: users.completed,
      usersFailed: users.failed,
    },
    verification,
    cost: costOf(report),
    failures,
    rolledBackBy,
    reason,
  };
}

export interface Section {
  readonly title: string;
  readonly rows: readonly (readonly [name: string, value: string])[];
}

/** All sections except the failures, in the order of the page. */
export function sectionsOf(ticket: Ticket): readonly Section[] {
  const { verification, cost, totals } = ticket;
  const found = verification === null ? [] : Object.entries(verification.issueCounts);
  return [
    {
      title: 'Run',
      rows: [
        ['Id', ticket.migrationId],
        ['State', `${ticket.state}${ticket.dryRun ? ' (dry run: nothing was written)' : ''}`],
        ['Source', ticket.source],
        ['Target', ticket.target],
        ['Started', ticket.startedAt],
        ['Finished', ticket.finishedAt ?? 'not yet'],
        ['Seconds', ticket.seconds.toFixed(1)],
        ...(ticket.reason === null ? [] : [['Reason', ticket.reason] as const]),
        ...(ticket.rolledBackBy === null ? [] : [['Rolled back by', ticket.rolledBackBy] as const]),
      ],
    },
    { title: 'Totals', rows: Object.entries(totals).map(([name, count]) => [name, String(count)]) },
    {
      title: 'Verification',
      rows:
        verification === null
          ? [['Result', 'none']]
          : [
              ['Result', verification.message],
              ['Valid', verification.isValid ? 'yes' : 'no'],
              ['Entries in Firestore', String(verification.counts.firestore)],
              ['Items in DynamoDB', String(verification.counts.dynamodb)],
              ...found.map(([kind, count]) => [kind, String(count)] as const),
            ],
    },
    {
      title: 'Cost in US dollars',
      rows: [
        ['DynamoDB writes', cost.dynamodbWrites.toFixed(4)],
        ['Firestore reads', cost.firestoreReads.toFixed(4)],
        ['Total', cost.total.toFixed(4)],
        ['Basis', cost.basis],
      ],
    },
  ];
}
