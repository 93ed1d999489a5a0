import type { answers } from '@migrator/engine';
import type { Command } from 'commander';

import { allPages, type ApiSession, apiCommand } from '../cli/api-command.ts';
import { columns } from '../cli/columns.ts';
import { UsageError } from '../cli/exit-codes.ts';

type Failures = Omit<answers.FailuresPage, 'nextCursor'>;

export function failures(): Command {
  return apiCommand(
    'failures [id]',
    'the failed entries of a run; without an id, of the running or the last one',
    async ({ api }, { code }: { code?: string }, id?: string) => {
      const value = await allFailures(api, await runOrLast(api, id), code);
      return { value, text: describeFailures(value) };
    },
  )
    .option('--code <code>', 'only failures of this code')
    .addHelpText('after', '\nExample:\n  journal-migrate failures --code ITEM_TOO_LARGE --json');
}

/** The id of the given run, else of the one that runs, else of the last one. */
export async function runOrLast(api: ApiSession['api'], id: string | undefined): Promise<string> {
  if (id !== undefined) return id;
  const { currentStatus, lastMigration } = await api.status();
  const found = currentStatus.migrationId ?? lastMigration?.migrationId;
  if (found !== undefined) return found;
  throw new UsageError('There is no run yet; name one by its id (journal-migrate runs lists them).');
}

/** All kept failures, at most 10,000. */
export async function allFailures(api: ApiSession['api'], id: string, code?: string): Promise<Failures> {
  const pages = await allPages((cursor) => api.failures(id, { code, cursor }));
  const { nextCursor: _, ...first } = pages[0];
  return { ...first, failures: pages.flatMap((page) => page.failures) };
}

export function describeFailures({ migrationId, failures: found, counts }: Failures): string {
  if (found.length === 0) return `${migrationId} has no such failures.`;
  const rows = found.map(({ path, code, message, attempts }) => [code, path, `×${attempts}`, message]);
  const sums = Object.entries(counts).map(([code, count]) => `${code} ${count}`);
  return `${columns(rows)}${migrationId}: ${sums.join(', ')}`;
}
