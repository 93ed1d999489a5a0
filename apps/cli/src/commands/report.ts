import { writeFile } from 'node:fs/promises';

import { type Command, Option } from 'commander';

import { apiCommand } from '../cli/api-command.ts';
import { csvOf, htmlOf } from '../report/formats.ts';
import { ticketOf } from '../report/ticket.ts';
import { allFailures, runOrLast } from './failures.ts';

interface ReportOptions {
  readonly format: 'json' | 'csv' | 'html';
  readonly output?: string;
}

export function report(): Command {
  return apiCommand(
    'report [id]',
    'the report of a run, for a ticket; without an id, of the running or the last one',
    async ({ api }, { format, output }: ReportOptions, id?: string) => {
      const run = await runOrLast(api, id);
      const [migration, { failures }] = await Promise.all([api.migration(run), allFailures(api, run)]);
      const value = ticketOf(migration, failures);
      const text = {
        json: () => `${JSON.stringify(value)}\n`,
        csv: () => csvOf(value),
        html: () => htmlOf(value),
      }[format]();
      if (output === undefined) return { value, text };
      await writeFile(output, text);
      return { value, text: `Wrote ${output}` };
    },
  )
    .addOption(new Option('--format <format>').choices(['json', 'csv', 'html']).default('json'))
    .option('--output <file>', 'write it there instead of to stdout')
    .addHelpText(
      'after',
      `
Examples:
  journal-migrate report --format html --output report.html
  journal-migrate report migration-20261122T091051123Z --format csv > report.csv`,
    );
}
