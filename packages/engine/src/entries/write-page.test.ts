import { mapEntry, type SourceEntry, type Target } from '@migrator/core';
import { encodeDocument, heldLease, journalEntry } from '@migrator/devkit';
import { expect, onTestFinished, test, vi } from 'vitest';

import { AdaptiveConcurrencyLimit } from '../throttle/adaptive-concurrency-limit.ts';
import { createMemoryRateLimit } from '../throttle/memory-rate-limit.ts';
import { RateController } from '../throttle/rate-controller.ts';
import { throttledTarget } from '../throttle/throttled-services.ts';
import type { MigrationRun } from './migration-run.ts';
import { type PageContext, writePage } from './write-page.ts';

const migratedAt = '2026-06-01T00:00:00.000Z';

function entryOf(userId: string, day: number): SourceEntry {
  const { date, fields } = journalEntry(userId.length, day);
  const name = `projects/demo-p/databases/(default)/documents/users/${userId}/trading-journal/${date}`;
  const updateTime = new Date('2026-05-01T10:11:12.345Z');
  const document = encodeDocument({ name, fields, updateTime });
  return { userId, date, updateTime: '2026-05-01T10:11:12.345000Z', document };
}

test('an item is whole for as long as its write takes, whatever is mapped meanwhile', async () => {
  const taken = new Map<string, string>();
  // A table at its limit: a turn of the event loop passes before each look at an item, and others are mapped in it.
  const target: Pick<Target, 'putOwned'> = {
    async putOwned({ dateKey, json }) {
      await new Promise(setImmediate);
      taken.set(dateKey, Buffer.from(json).toString());
      return { outcome: 'written', writeUnits: 1 };
    },
  };
  const context = {
    target,
    writeLimit: new AdaptiveConcurrencyLimit(8),
    settings: { oversize: 'fail', names: { users: 'users', journal: 'trading-journal' } },
  } as unknown as PageContext;
  const run = { migratedAt, readFirst: false, lease: heldLease } as unknown as MigrationRun;
  const users = ['ann', 'bob-2', 'someone-else'];
  const entries = users.flatMap((userId) => Array.from({ length: 60 }, (_, day) => entryOf(userId, day)));
  const pages = await Promise.all(
    users.map((userId) =>
      writePage(
        context,
        run,
        `user:${userId}`,
        entries.filter((entry) => entry.userId === userId),
        new AbortController().signal,
      ),
    ),
  );
  expect(pages.map(({ deltas }) => deltas.created)).toEqual([60, 60, 60]);
  for (const entry of entries) {
    const mapped = mapEntry(entry, { migratedAt, oversize: 'fail' });
    if (!mapped.ok) throw new Error(mapped.message);
    expect(taken.get(mapped.item.dateKey)).toBe(Buffer.from(mapped.item.json).toString());
  }
});

test('while the table throttles, no entry is mapped before it can be sent', async () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  onTestFinished(() => void vi.useRealTimers());
  const writeLimit = new AdaptiveConcurrencyLimit(32);
  const controller = new RateController({ store: createMemoryRateLimit(), writeLimit });
  onTestFinished(() => controller.close());
  for (let window = 0; window < 20; window += 1) {
    vi.advanceTimersByTime(1_000);
    controller.retried({ code: 'THROTTLED', delayMs: 0 });
  }
  const mapped = new Set<string>();
  let sent = 0;
  let most = 0;
  const table: Pick<Target, 'putOwned'> = {
    async putOwned() {
      sent += 1;
      await new Promise(setImmediate);
      return { outcome: 'written', writeUnits: 1 };
    },
  };
  const entries = Array.from({ length: 60 }, (_, day) => entryOf('ann', day)).map((entry) => ({
    ...entry,
    get document() {
      mapped.add(entry.date);
      most = Math.max(most, mapped.size - sent);
      return entry.document;
    },
  }));
  const context = {
    target: throttledTarget(table as Target, controller),
    writeLimit,
    settings: { oversize: 'fail', names: { users: 'users', journal: 'trading-journal' } },
  } as unknown as PageContext;
  const run = { migratedAt, readFirst: false, lease: heldLease } as unknown as MigrationRun;
  const page = await writePage(context, run, 'user:ann', entries, new AbortController().signal);
  expect(page.deltas.created).toBe(60);
  expect(most).toBe(1);
});
