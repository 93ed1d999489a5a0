// Migrates one user with so many entries (the first argument) in this process, and prints how much memory that took.
import { runInProcess } from '@migrator/engine';

import { mebibytes, migration, openEngine } from './open-engine.ts';

const entriesPerUser = Number(process.argv[2]);
const context = openEngine({ users: 1, entriesPerUser });
const opened = await context.ledger.open(migration, { now: new Date(), binding: await context.binding() });
if (!opened.opened) throw new Error('not opened');
let most = 0;
const sampling = setInterval(() => (most = Math.max(most, process.memoryUsage.rss())), 100);
const { totals } = await runInProcess(context, opened.operation.id, {
  usersAtOnce: 8,
  signal: new AbortController().signal,
});
clearInterval(sampling);
const rss = mebibytes(Math.max(most, process.memoryUsage.rss()));
process.stdout.write(`${JSON.stringify({ entries: totals['created'], mostResidentMiB: rss })}\n`);
