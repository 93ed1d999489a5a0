import {
  dateKey,
  entryPath,
  type Issue,
  type Ledger,
  type ListedKind,
  type Operation,
  parseTaskId,
  type PageRequest,
} from '@migrator/core';

import type { EntryKind } from '../api/fields.ts';
import { readListedKey } from '../entries/listed-key.ts';

/** The counter of each kind. */
const counterOf = {
  'encoded-as-text': 'textEntries',
  'unexpected-type': 'warnedEntries',
  conflict: 'conflicts',
  newer: 'newer',
} as const satisfies Record<ListedKind, string>;

interface EntriesPage {
  readonly items: readonly { readonly detail: Issue['detail'] & { readonly field?: string | undefined } }[];
  readonly count: number;
  readonly cursor?: string;
}

/** One page of a run's entries of a kind, oldest first. `count`: the number of all, listed or not. */
export async function listedEntries(
  ledger: Ledger,
  run: Operation,
  kind: EntryKind,
  options: PageRequest,
): Promise<EntriesPage> {
  if (kind === 'pruned') return await prunedEntries(ledger, run, options);
  const { entries, cursor } = await ledger.listed(run.id, { kind, ...options });
  const { usersCollection: users, journalCollection: journal } = run.binding.source;
  const count = run.totals[counterOf[kind]] ?? 0;
  const details = entries.flatMap(({ task, key }) => {
    const parsed = parseTaskId(task);
    if (parsed.type !== 'user') return [];
    const { date, field } = readListedKey(kind, key);
    const ref = { userId: parsed.userId, date };
    return [{ detail: { path: entryPath(ref, { users, journal }), dateKey: dateKey(ref), field } }];
  });
  return { items: details, count, cursor };
}

/**
 * A cursor is the index of the operation among those that hold the list, times this, plus that operation's own
 * cursor.
 */
const cursorStep = 1_000_000;

/** Each prune of a run (one for each of its ends) has its own list. */
async function prunedEntries(
  ledger: Ledger,
  { coordinatorState }: Operation,
  options: PageRequest,
): Promise<EntriesPage> {
  const kind = 'pruned';
  const ids = coordinatorState.prunedBy ?? [];
  let count = 0;
  for (const id of ids) count += (await ledger.get(id))?.codes[kind] ?? 0;
  const from = Number(options.cursor ?? '0');
  const items: Issue[] = [];
  let after = from % cursorStep;
  for (let place = Math.floor(from / cursorStep); place < ids.length; place += 1) {
    const page = await ledger.issues(ids[place]!, {
      code: kind,
      limit: options.limit - items.length,
      cursor: after === 0 ? undefined : String(after),
    });
    items.push(...page.issues);
    if (page.cursor !== undefined)
      return { items, count, cursor: String(place * cursorStep + Number(page.cursor)) };
    if (items.length === options.limit && place + 1 < ids.length)
      return { items, count, cursor: String((place + 1) * cursorStep) };
    after = 0;
  }
  return { items, count };
}
