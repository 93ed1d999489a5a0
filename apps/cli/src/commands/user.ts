import type { answers } from '@migrator/engine';
import type { Command } from 'commander';

import { amount } from '../amount.ts';
import { apiCommand } from '../cli/api-command.ts';
import { columns } from '../cli/columns.ts';
import { exitCodes } from '../cli/exit-codes.ts';
import { runOrLast } from './failures.ts';

export function user(): Command {
  return apiCommand(
    'user <id>',
    'whether a user is done in a run; without --run, in the running or the last one',
    async ({ api }, { run }: { run?: string }, id: string) => {
      const value = await api.user(await runOrLast(api, run), id);
      const exitCode = value.state === 'done' ? exitCodes.done : exitCodes.incomplete;
      return { value, text: describeUser(value), exitCode };
    },
  )
    .option('--run <id>', 'a run by its id')
    .addHelpText(
      'after',
      '\nExit code 5 unless the user is done.\n\nExample:\n  journal-migrate user alice && echo done',
    );
}

function describeUser({ migrationId, userId, state, counts, failures }: answers.UserState): string {
  const sums = Object.entries(counts).map(([name, count]) => `${name} ${amount(count)}`);
  const rows = failures.map(({ code, path, message }) => [code, path, message]);
  return `${userId} is ${state} in ${migrationId}${sums.length === 0 ? '' : `: ${sums.join(', ')}`}\n${columns(rows)}`;
}
