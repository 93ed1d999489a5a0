import { mapEntry, type SourceEntry } from '@migrator/core';
import { ordinaryBodies, uglyBodies } from '../fakes/dataset.ts';
import { text } from '../fakes/wire.ts';
import { onTask } from './on-task.ts';

/** Mapping alone, over entries that are in memory. A task is `ordinary` or `ugly`. */
const passes = { ordinary: 40, ugly: 40 };
const userId = 'user-000001';
const date = '2026-05-01';
const options = { migratedAt: '2026-06-01T00:00:00.000Z', oversize: 'fail' } as const;

const entries = { ordinary: ordinaryBodies().map(entryOf), ugly: uglyBodies().map(entryOf) };

onTask(async (task) => {
  const kind = task === 'ugly' ? 'ugly' : 'ordinary';
  let count = 0;
  for (let pass = 0; pass < passes[kind]; pass += 1) {
    for (const entry of entries[kind]) {
      const mapped = mapEntry(entry, options);
      if (!mapped.ok) throw new Error(mapped.message);
      count += 1;
    }
  }
  return count;
});

function entryOf(body: Uint8Array): SourceEntry {
  const name = `projects/demo/databases/(default)/documents/users/${userId}/trading-journal/${date}`;
  const document = Buffer.concat([text(1, name), body]);
  return { userId, date, updateTime: '2026-05-01T10:11:12.345000Z', document };
}
