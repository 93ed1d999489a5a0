import { Command } from 'commander';

import type { BackupOptions } from '../backup/back-up-journals.ts';
import { runCommand } from '../cli/run-command.ts';

/** Loads its code on demand: the libraries of the services load slowly. */
export function backup(): Command {
  return new Command('backup')
    .description('copy all entries of Firestore, with their types, into a file; only reads, needs no API')
    .enablePositionalOptions()
    .option('--out <file>', 'the file, such as journals.ndjson.gz')
    .option('--user <id...>', 'only these users')
    .option('--resume', 'continue a backup into this file that did not end', false)
    .option('--force', 'replace the file, and begin again', false)
    .option('--allow-empty', 'accept a source without entries', false)
    .option('--json', 'one JSON object on the last line of stdout', false)
    .addHelpText(
      'after',
      `
The file is there once it is whole; until then it is FILE.partial. Ctrl-C keeps what was read: --resume continues.

Examples:
  journal-migrate backup --out journals.ndjson.gz
  journal-migrate backup --out journals.ndjson.gz --resume
  journal-migrate backup verify journals.ndjson.gz`,
    )
    .action(async (options: BackupOptions) => {
      const again = `Continue with: journal-migrate backup --out ${options.out ?? 'FILE'} --resume`;
      await runCommand(
        options,
        async (session) => {
          const { backUpJournals } = await import('../backup/back-up-journals.ts');
          return await backUpJournals(session, options);
        },
        `${again}${(options.user ?? []).map((id) => ` --user '${id}'`).join('')}`,
      );
    })
    .addCommand(verifyBackup());
}

function verifyBackup(): Command {
  return new Command('verify')
    .description('read a whole backup, and report the first fault and where it is')
    .argument('<file>')
    .option('--json', 'one JSON object on the last line of stdout', false)
    .addHelpText('after', '\nExample:\n  journal-migrate backup verify journals.ndjson.gz && echo whole')
    .action(async (file: string, options: { json: boolean }) => {
      await runCommand(
        options,
        async (session) => {
          const { verifyJournals } = await import('../backup/back-up-journals.ts');
          return await verifyJournals(session, file);
        },
        'No fault was found so far.',
      );
    });
}
