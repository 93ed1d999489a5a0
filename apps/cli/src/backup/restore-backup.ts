import { type Config, requireConfig } from '@migrator/config';
import {
  describeSource,
  describeTarget,
  type MigrationRequest,
  type Operation,
  type Prices,
} from '@migrator/core';
import {
  createMemoryLedger,
  estimate,
  hidingLedger,
  migrationReport,
  OperationRunningError,
  preflight,
  runToEnd,
  startTimeOf,
  withoutUserData,
} from '@migrator/engine';
import { type BackupSource, openBackupSource } from '@migrator/firestore';
import { openServices, type Services } from '@migrator/runtime';

import { amount } from '../amount.ts';
import { namedRows } from '../cli/columns.ts';
import { confirm } from '../cli/confirm.ts';
import { exitCodeOfEnd, UsageError } from '../cli/exit-codes.ts';
import type { Outcome, Session } from '../cli/run-command.ts';
import { progressDisplay } from '../cli/progress-display.ts';
import { stepMeter } from '../cli/progress-step.ts';
import { describeReport } from '../report/describe-report.ts';
import { countingDisplay } from './counting-display.ts';

export interface RestoreOptions {
  readonly from: string;
  readonly dryRun: boolean;
  readonly user?: readonly string[];
  readonly verify: boolean;
  readonly yes: boolean;
  readonly json: boolean;
}

/**
 * Runs a migration whose source is the file. Binding, items and report are those of a run of the backed-up Firestore.
 */
export async function restoreBackup(session: Session, options: RestoreOptions): Promise<Outcome> {
  const config = requireConfig();
  await using opened = new AsyncDisposableStack();
  const source = opened.adopt(await openVerified(session, options.from), (file) => file.close());
  const userIds = usersOf(source, options);
  const services = opened.adopt(
    await openServices(asBackedUp(config, source), undefined, undefined, source),
    (all) => all.close(),
  );
  // A dry run writes nothing, so it needs no confirmation.
  if (!options.dryRun && !options.yes) {
    const plan = planOf(services, source, options.from, userIds);
    await confirm(session, { plan, question: 'Write these entries?' });
  }
  const ledger = createMemoryLedger();
  const operation = await run(session, { ...services, ledger }, { ...options, userIds }, config);
  const ended = config.hideUserData
    ? await migrationReport(hidingLedger(ledger), withoutUserData(operation))
    : await migrationReport(ledger, operation);
  const prices = { ...config.prices, firestoreHundredThousandReads: 0 };
  const report = options.dryRun ? { ...ended, estimate: estimateOf(operation, prices, config) } : ended;
  const exitCode = exitCodeOfEnd(report.state, report.verification);
  return { value: report, text: describeReport(report, prices), exitCode };
}

/** Of the file no read is billed. */
function estimateOf(dryRun: Operation, prices: Prices, { migration }: Config) {
  const firestoreReads = { run: 0, verification: 0 };
  return { ...estimate(dryRun, prices, migration.maxWriteUnitsPerSecond ?? null), firestoreReads };
}

async function openVerified(session: Session, path: string): Promise<BackupSource> {
  using display = countingDisplay(session, 'Reading');
  const source = await openBackupSource(path, { signal: session.signal, onProgress: display.show });
  display.finish();
  return source;
}

/** The users of the run; undefined: all. A backup of some users restricts the run to them. */
function usersOf({ summary }: BackupSource, { from, user }: RestoreOptions): readonly string[] | undefined {
  const { userIds } = summary.header;
  const lacking = user?.find((id) => userIds?.includes(id) === false);
  if (lacking !== undefined)
    throw new UsageError(`${from} is a backup of some users, and ${lacking} is none of them.`);
  return user === undefined ? userIds : [...new Set(user)];
}

/** The configuration with project and collections of the file, and without a ramp of reads. */
function asBackedUp(config: Config, { binding }: BackupSource): Config {
  const { usersCollection, journalCollection } = binding;
  return {
    ...config,
    google: { ...config.google, usersCollection, journalCollection },
    migration: { ...config.migration, sourceRamp: false },
  };
}

function planOf(
  { configured }: Services,
  { summary: { header, trailer } }: BackupSource,
  from: string,
  userIds: readonly string[] | undefined,
): string {
  return namedRows({
    backup: `${from}, read ${header.startedAt} to ${trailer.finishedAt}`,
    source: describeSource(header.source),
    target: describeTarget(configured.target),
    entries: `${amount(trailer.entries)} of ${amount(trailer.users)} users in the backup`,
    users: userIds === undefined ? 'all' : userIds.join(', '),
  });
}

type RunContext = Services & { readonly ledger: ReturnType<typeof createMemoryLedger> };

async function run(
  { screen, signal }: Session,
  context: RunContext,
  { dryRun, verify, userIds }: Pick<MigrationRequest, 'dryRun' | 'verify' | 'userIds'>,
  config: Config,
): Promise<Operation> {
  const request: MigrationRequest = {
    kind: 'migration',
    dryRun,
    verify,
    prune: false,
    userIds,
  };
  await preflight(context, request, signal);
  const binding = await context.binding();
  const now = await startTimeOf(context, binding, new Date());
  const opening = await context.ledger.open(request, { now, binding });
  if (!opening.opened) throw new OperationRunningError(opening.current);
  const { id } = opening.operation;
  screen.write(`Running ${id}\n`);
  using display = progressDisplay(screen);
  const stepOf = stepMeter(() => performance.now());
  const operation = await runToEnd(context, id, {
    usersAtOnce: config.migration.userConcurrency,
    signal,
    onProgress({ state, ...progress }) {
      const step = stepOf({ state, progress });
      if (step !== undefined) display.show(step);
    },
  });
  display.finish();
  return operation;
}
