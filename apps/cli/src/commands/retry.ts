import type { requests } from '@migrator/engine';
import type { Command } from 'commander';

import { apiCommand } from '../cli/api-command.ts';
import { runOrLast } from './failures.ts';
import { watchMigration } from './watch.ts';

interface RetryOptions {
  readonly user?: string;
  readonly code?: requests.RetryRequest['code'];
  readonly watch: boolean;
}

export function retry(): Command {
  return apiCommand(
    'retry [id]',
    'retry the failed users of a run; of the last one without an id',
    async (session, { user, code, watch }: RetryOptions, id?: string) => {
      const run = await runOrLast(session.api, id);
      const report = await session.api.retry(run, { userId: user, code });
      if (watch) return await watchMigration(session, run);
      return { value: report, text: `Retrying ${run}. See it with: journal-migrate watch` };
    },
  )
    .option('--user <id>', 'only this user')
    .option('--code <code>', 'only users with a failure of this code')
    .option('--watch', 'show its progress until it has ended', false)
    .addHelpText('after', '\nExample:\n  journal-migrate retry --code ITEM_TOO_LARGE --watch');
}
