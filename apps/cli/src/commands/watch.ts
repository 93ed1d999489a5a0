import type { Command } from 'commander';

import { type ApiSession, apiCommand } from '../cli/api-command.ts';
import { exitCodeOfEnd, UsageError } from '../cli/exit-codes.ts';
import { showUntilEnded } from '../cli/follow.ts';
import type { Outcome } from '../cli/run-command.ts';
import { describeReport, describeRollback, describeVerification } from '../report/describe-report.ts';

export function watch(): Command {
  return apiCommand(
    'watch [id]',
    'show the active operation (or the run, verification or rollback with this id) until it has ended',
    async (session, _, id?: string) => {
      if (id !== undefined) return await watchAny(session, id);
      const { currentStatus, lastMigration } = await session.api.status();
      const running = currentStatus.operationId ?? lastMigration?.migrationId;
      if (running !== undefined) return await watchAny(session, running);
      return { value: { currentStatus, lastMigration }, text: 'Nothing runs, and nothing has run.' };
    },
  ).addHelpText(
    'after',
    `
Ctrl-C ends this command, not the run. Without an id, and if nothing runs, it shows how the last run ended.

Examples:
  journal-migrate watch
  journal-migrate watch migration-20261122T091051123Z --json`,
  );
}

async function watchAny(session: ApiSession, id: string): Promise<Outcome> {
  if (id.startsWith('migration-')) return await watchMigration(session, id);
  if (id.startsWith('verification-')) return await watchVerification(session, id);
  if (id.startsWith('rollback-')) return await watchRollback(session, id);
  throw new UsageError(`'${id}' is no id of a run, a verification or a rollback.`);
}

export async function watchMigration(session: ApiSession, id: string): Promise<Outcome> {
  const report = await showUntilEnded(session, () => session.api.migration(id));
  const exitCode = exitCodeOfEnd(report.state, report.verification);
  return { value: report, text: describeReport(report), exitCode };
}

export async function watchVerification(session: ApiSession, id: string): Promise<Outcome> {
  const answer = await showUntilEnded(session, () => session.api.verification(id));
  return { value: answer, text: describeVerification(answer), exitCode: exitCodeOfEnd(answer.state, answer) };
}

export async function watchRollback(session: ApiSession, id: string): Promise<Outcome> {
  const answer = await showUntilEnded(session, () => session.api.rollback(id));
  return { value: answer, text: describeRollback(answer), exitCode: exitCodeOfEnd(answer.state) };
}
