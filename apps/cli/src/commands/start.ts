import { isDeepStrictEqual } from 'node:util';

import type { answers, requests } from '@migrator/engine';
import { ApiError } from '@migrator/runtime/api-client';
import type { Command } from 'commander';

import { amount } from '../amount.ts';
import { type ApiSession, apiCommand } from '../cli/api-command.ts';
import { namedRows } from '../cli/columns.ts';
import { confirm } from '../cli/confirm.ts';
import type { Outcome } from '../cli/run-command.ts';
import { parseWhole } from '../parse-number.ts';
import { describeSourceAndTarget } from '../report/describe-report.ts';
import { watchMigration } from './watch.ts';

interface StartOptions {
  readonly dryRun: boolean;
  readonly user?: readonly string[];
  readonly verify: boolean;
  readonly prune: boolean;
  readonly pruneCount?: number;
  readonly allowEmpty: boolean;
  readonly watch: boolean;
  readonly yes: boolean;
}

export function start(): Command {
  return apiCommand('start', 'start a run', startRun)
    .option('--dry-run', 'write nothing, and predict failures, conflicts, cost and duration', false)
    .option('--user <id...>', 'only these users')
    .option('--no-verify', 'end without a verification')
    .option('--prune', 'remove migrated items whose entry Firestore no longer has', false)
    .option('--prune-count <n>', 'how many items may be removed, as a dry run counted them', parseWhole)
    .option('--allow-empty', 'accept a source without entries', false)
    .option('--watch', 'show its progress until it has ended', false)
    .option('--yes', 'do not ask', false)
    .addHelpText(
      'after',
      `
Examples:
  journal-migrate start --dry-run --watch
  journal-migrate start --watch
  journal-migrate start --user alice bob --yes --json`,
    );
}

async function startRun(session: ApiSession, options: StartOptions): Promise<Outcome> {
  const { dryRun, verify, prune, pruneCount, allowEmpty, user } = options;
  const body: requests.StartRequest = {
    dryRun,
    verify,
    prune,
    allowEmpty,
    pruneCount,
    userIds: user && [...user],
  };
  // A dry run writes nothing, so it needs no confirmation.
  if (!dryRun && !options.yes) {
    await confirm(session, { plan: await planOf(session, options), question: 'Start this run?' });
  }
  const started = await session.api.start(body);
  if (options.watch) {
    session.screen.write(`Running ${started.migrationId}\n`);
    return await watchMigration(session, started.migrationId);
  }
  return { value: started, text: `Started ${started.migrationId}. See it with: journal-migrate watch` };
}

async function planOf({ api }: ApiSession, { user, prune }: StartOptions): Promise<string> {
  const [{ currentStatus }, { migrations }, entries] = await Promise.all([
    api.status(),
    api.migrations(),
    // The count of all users. For some users use a dry run.
    user === undefined ? entriesNow(api) : undefined,
  ]);
  const places = describeSourceAndTarget(currentStatus);
  const same = migrations.filter((run) => isDeepStrictEqual(describeSourceAndTarget(run), places));
  const known = same.find(({ dryRun }) => dryRun) ?? same[0];
  return namedRows({
    ...places,
    users: user === undefined ? 'all' : user.join(', '),
    ...(entries === undefined ? {} : { entries }),
    counts: known === undefined ? 'not known; --dry-run counts first' : countsOf(known),
    ...(prune ? { prune: 'items without an entry are removed' } : {}),
  });
}

async function entriesNow(api: ApiSession['api']): Promise<string> {
  try {
    const { entries } = await api.sourceCount();
    return `${amount(entries)} in Firestore now`;
  } catch (error) {
    if (error instanceof ApiError) return `not known: ${error.problem?.detail ?? error.message}`;
    throw error;
  }
}

function countsOf({ migrationId, dryRun, stats }: answers.MigrationsPage['migrations'][number]): string {
  return (
    `${amount(stats.totalProcessed)} entries of ${amount(stats.users.listed)} users ` +
    `in the ${dryRun ? 'dry ' : ''}run ${migrationId}`
  );
}
