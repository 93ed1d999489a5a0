import type { RollbackAnswer } from '@migrator/engine';
import type { Command } from 'commander';

import { amount } from '../amount.ts';
import { type ApiSession, apiCommand } from '../cli/api-command.ts';
import { confirm } from '../cli/confirm.ts';
import { exitCodeOfEnd } from '../cli/exit-codes.ts';
import { showUntilEnded } from '../cli/follow.ts';
import type { Outcome } from '../cli/run-command.ts';
import { describeRollback } from '../report/describe-report.ts';

interface RollbackOptions {
  readonly dryRun: boolean;
  readonly yes: boolean;
}

export function rollback(): Command {
  return apiCommand(
    'rollback [id]',
    "delete what was migrated and is still the migration's; of all runs without an id",
    rollBack,
  )
    .option('--dry-run', 'delete nothing, and say what would be deleted', false)
    .option('--yes', 'do not ask', false)
    .addHelpText(
      'after',
      `
Before it asks, it counts what would be deleted. Items that the application has saved since stay.

Examples:
  journal-migrate rollback --dry-run
  journal-migrate rollback migration-20261122T091051123Z`,
    );
}

async function rollBack(session: ApiSession, options: RollbackOptions, id?: string): Promise<Outcome> {
  if (options.dryRun) return outcomeOf(await untilEnded(session, true, id));
  if (!options.yes) {
    const preview = await untilEnded(session, true, id);
    if (preview.state !== 'completed' || preview.deleted === 0) return outcomeOf(preview);
    const question = `Delete ${amount(preview.deleted)} items?`;
    await confirm(session, { plan: describeRollback(preview), question });
  }
  return outcomeOf(await untilEnded(session, false, id));
}

async function untilEnded(
  session: ApiSession,
  dryRun: boolean,
  id: string | undefined,
): Promise<RollbackAnswer> {
  const { api } = session;
  const { rollbackId } = await api.rollBack({ dryRun, migrationId: id }, { waitSeconds: 1 });
  return await showUntilEnded(session, () => api.rollback(rollbackId));
}

function outcomeOf(answer: RollbackAnswer): Outcome {
  return { value: answer, text: describeRollback(answer), exitCode: exitCodeOfEnd(answer.state) };
}
