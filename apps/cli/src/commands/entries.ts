import { listedKinds } from '@migrator/core';
import type { answers, requests } from '@migrator/engine';
import { type Command, Option } from 'commander';

import { amount } from '../amount.ts';
import { allPages, type ApiSession, apiCommand } from '../cli/api-command.ts';
import { columns } from '../cli/columns.ts';
import { runOrLast } from './failures.ts';

type Kind = requests.EntriesQuery['kind'];
type Entries = Omit<answers.EntriesPage, 'nextCursor'>;

export function entries(): Command {
  return apiCommand(
    'entries [id]',
    'the entries of a run of one kind, such as conflicts; without an id, of the running or the last one',
    async ({ api }, { kind }: { kind: Kind }, id?: string) => {
      const value = await allEntries(api, await runOrLast(api, id), kind);
      return { value, text: describeEntries(value) };
    },
  )
    .addOption(
      new Option('--kind <kind>', 'which entries').choices([...listedKinds, 'pruned']).makeOptionMandatory(),
    )
    .addHelpText('after', '\nExample:\n  journal-migrate entries --kind conflict');
}

/** All listed entries, at most 10,000. */
async function allEntries(api: ApiSession['api'], id: string, kind: Kind): Promise<Entries> {
  const pages = await allPages((cursor) => api.entries(id, { kind, cursor }));
  const { nextCursor: _, ...first } = pages[0];
  return { ...first, entries: pages.flatMap((page) => page.entries) };
}

function describeEntries({ migrationId, kind, entries: found, count }: Entries): string {
  const rows = found.map(({ path, dateKey, field = '' }) => [path, dateKey, field]);
  const more = count > found.length ? `, of which ${amount(found.length)} are listed` : '';
  return `${columns(rows)}${migrationId}: ${amount(count)} ${kind}${more}`;
}
