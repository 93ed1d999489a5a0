// Retries failed entries of about 1 MiB each, of several users at once, in this process, and prints how much memory that took
// beyond what the run before had. Arguments: users, entries of each.
import { MigrationError, type Source, type Target } from '@migrator/core';
import { runInProcess } from '@migrator/engine';

import { madeUp } from './fake-services.ts';
import { mebibytes, migration, openEngine } from './open-engine.ts';

const [users = 4, entriesPerUser = 100] = process.argv.slice(2).map(Number);
/** More than DynamoDB takes, in a form that is never decoded: the table's refusal comes first. */
const large = Buffer.alloc(1_000_000);
const engine = openEngine({ users, entriesPerUser });
const source: Source = {
  ...engine.source,
  readBatch: async (refs, { maxBytes }) => {
    const count = Math.min(refs.length, Math.ceil(maxBytes / large.length));
    const updateTime = '2026-01-01T00:00:00.000000Z';
    const entries = refs
      .slice(0, count)
      .map((ref) => ({ ...ref, updateTime, document: Uint8Array.from(large) }));
    return { entries, rest: refs.slice(count) };
  },
};
const target: Target = {
  ...engine.target,
  putOwned: async () => {
    throw new MigrationError('INVALID_ITEM', 'not taken');
  },
};
const context = { ...engine, source, target };
const { ledger } = context;
let most = 0;
const sampling = setInterval(() => (most = Math.max(most, process.memoryUsage.rss())), 20);
const work = { usersAtOnce: users, signal: new AbortController().signal };
const opened = await ledger.open(migration, { now: new Date(), binding: madeUp });
if (!opened.opened) throw new Error('not opened');
const { id } = opened.operation;
await runInProcess(context, id, work);
const before = process.memoryUsage.rss();
most = before;
await ledger.reopen(id, {});
const { totals } = await runInProcess(context, id, work);
clearInterval(sampling);
const figure = { failed: totals['failed'], mostResidentMiB: mebibytes(most), beforeMiB: mebibytes(before) };
process.stdout.write(`${JSON.stringify(figure)}\n`);
