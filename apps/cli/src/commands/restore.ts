import { Command } from 'commander';

import type { RestoreOptions } from '../backup/restore-backup.ts';
import { runCommand } from '../cli/run-command.ts';

export function restore(): Command {
  return new Command('restore')
    .description('run the migration from a backup file into DynamoDB, in this process; needs no API')
    .requiredOption('--from <file>', 'a file that backup wrote')
    .option('--dry-run', 'write nothing, and predict failures, conflicts, cost and duration', false)
    .option('--user <id...>', 'only these users')
    .option('--no-verify', 'end without a verification')
    .option('--yes', 'do not ask', false)
    .option('--json', 'one JSON object on the last line of stdout', false)
    .addHelpText(
      'after',
      `
It verifies the file, and then does what a run does: the same items, on the same conditions. Items that the
application has saved since stay, and so do items of a newer state of an entry.

Examples:
  journal-migrate restore --from journals.ndjson.gz --dry-run
  journal-migrate restore --from journals.ndjson.gz --yes --json`,
    )
    .action(async (options: RestoreOptions) => {
      await runCommand(
        options,
        async (session) => {
          const { restoreBackup } = await import('../backup/restore-backup.ts');
          return await restoreBackup(session, options);
        },
        'Written items stay; the same command does the rest.',
      );
    });
}
