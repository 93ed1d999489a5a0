import type { Issue, Ledger, Operation } from '@migrator/core';

import type { EntryKind } from '../api/fields.ts';

/** Of which entries of a run there is a list beside its failures, and which operations hold it. */
const holders = {
  pruned: ({ coordinatorState }: Operation) => coordinatorState.prunedBy ?? [],
} as const satisfies Record<EntryKind, (run: Operation) => readonly string[]>;

/** A cursor is the place of the operation among those that hold the list, and its own cursor behind that. */
const cursorStep = 1_000_000;

/** One page of them, oldest first. `count`: all there are, listed or not. */
export async function listedEntries(
  ledger: Ledger,
  run: Operation,
  kind: EntryKind,
  options: { cursor?: string; limit: number },
): Promise<{ entries: readonly Issue[]; count: number; cursor?: string }> {
  const ids = holders[kind](run);
  let count = 0;
  for (const id of ids) count += (await ledger.get(id))?.codes[kind] ?? 0;
  const from = Number(options.cursor ?? '0');
  const entries: Issue[] = [];
  let after = from % cursorStep;
  for (let place = Math.floor(from / cursorStep); place < ids.length; place += 1) {
    const page = await ledger.issues(ids[place]!, {
      code: kind,
      limit: options.limit - entries.length,
      ...(after === 0 ? {} : { cursor: String(after) }),
    });
    entries.push(...page.issues);
    if (page.cursor !== undefined)
      return { entries, count, cursor: String(place * cursorStep + Number(page.cursor)) };
    if (entries.length === options.limit && place + 1 < ids.length)
      return { entries, count, cursor: String((place + 1) * cursorStep) };
    after = 0;
  }
  return { entries, count };
}
