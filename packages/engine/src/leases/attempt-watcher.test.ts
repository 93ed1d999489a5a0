import {
  type CommitResult,
  leaseMs,
  type Ledger,
  MigrationError,
  type OperationRequest,
} from '@migrator/core';
import { sampleBinding as binding } from '@migrator/devkit';
import { afterEach, expect, onTestFinished, test, vi } from 'vitest';

import { createMemoryLedger } from '../memory-ledger/memory-ledger.ts';
import type { Moment } from './attempt-lease.ts';
import { AttemptWatcher, type WatchedAttempt } from './attempt-watcher.ts';

const task = 'user:a';
const migration = { kind: 'migration', dryRun: false, verify: false, prune: true } as const;
const watched: WatchedAttempt[] = [];

afterEach(() => {
  for (const one of watched.splice(0)) one[Symbol.dispose]();
});

/** Both clocks, moved by hand. */
function clockOf(): { now: { monotonic: number; wall: number }; clock: () => Moment } {
  const now = { monotonic: 5_000, wall: 1_700_000_000_000 };
  return { now, clock: () => ({ ...now }) };
}

async function open(ledger: Ledger, request: OperationRequest, parent?: string): Promise<string> {
  const options = { now: new Date(), binding, parent };
  const opened = await ledger.open(request, options);
  if (!opened.opened) throw new Error('not opened');
  return opened.operation.id;
}

async function begin(ledger: Ledger, watcher: AttemptWatcher, id: string): Promise<WatchedAttempt> {
  const asked = watcher.now();
  const started = await ledger.startTask(id, task, { binding });
  if (!started.started) throw new Error(`not started: ${started.why}`);
  const attempt = watcher.watch(id, { task, epoch: started.epoch }, asked);
  watched.push(attempt);
  return attempt;
}

function isHeld({ lease }: WatchedAttempt): boolean {
  try {
    lease.require();
    return true;
  } catch (error) {
    if (MigrationError.codeOf(error) !== 'LEASE_EXPIRED') throw error;
    return false;
  }
}

test.each(['monotonic', 'wall'] as const)('a lease runs out by the %s clock alone', (which) => {
  const { now, clock } = clockOf();
  const watcher = new AttemptWatcher({ checkAttempts: () => new Promise(() => {}) }, { clock });
  const attempt = watcher.watch('any', { task, epoch: 1 }, watcher.now());
  watched.push(attempt);
  now[which] += leaseMs.holder;
  expect(isHeld(attempt)).toBe(true);
  now[which] += 1;
  expect(isHeld(attempt)).toBe(false);
  now[which] -= 1_000_000;
  expect(isHeld(attempt)).toBe(true);
});

test('a lease is as old as the question that it was granted on, whenever the answer is read', async () => {
  const { now, clock } = clockOf();
  const answers: ((answers: CommitResult[]) => void)[] = [];
  const checkAttempts = (): Promise<CommitResult[]> => new Promise((resolve) => answers.push(resolve));
  const watcher = new AttemptWatcher({ checkAttempts }, { clock, everyMs: 5 });
  const attempt = watcher.watch('any', { task, epoch: 1 }, watcher.now());
  watched.push(attempt);
  await vi.waitFor(() => expect(answers.length).toBeGreaterThan(0), 20_000);
  const asked = answers.length;
  // The process sleeps, and wakes with the answers in its socket.
  now.monotonic += leaseMs.holder + 1;
  for (const answer of answers.slice(0, asked)) answer(['run']);
  await new Promise(setImmediate);
  expect(isHeld(attempt)).toBe(false);
  // A question that was asked since, and is answered before an older one is.
  await vi.waitFor(() => expect(answers.length).toBeGreaterThan(asked + 1), 20_000);
  answers.at(-1)?.(['run']);
  await new Promise(setImmediate);
  expect(isHeld(attempt)).toBe(true);
});

test('attempts whose ledger is out of reach go on until their leases run out', async () => {
  const { now, clock } = clockOf();
  const checkAttempts = vi.fn<Ledger['checkAttempts']>().mockRejectedValue(new Error('away'));
  const watcher = new AttemptWatcher({ checkAttempts }, { clock, everyMs: 5 });
  const attempt = watcher.watch('any', { task, epoch: 1 }, watcher.now());
  watched.push(attempt);
  await vi.waitFor(() => expect(checkAttempts.mock.calls.length).toBeGreaterThan(2), 20_000);
  expect(attempt.signal.aborted).toBe(false);
  expect(isHeld(attempt)).toBe(true);
  now.wall += leaseMs.holder + 1;
  expect(isHeld(attempt)).toBe(false);
});

const stops: Readonly<Record<string, (ledger: Ledger, part: string, parent: string) => Promise<unknown>>> = {
  'is paused': (ledger, part) => ledger.control(part, 'pause'),
  'is cancelled': (ledger, part) => ledger.control(part, 'cancel'),
  'has a parent that is paused': (ledger, _part, parent) => ledger.control(parent, 'pause'),
  'has a parent that is cancelled': (ledger, _part, parent) => ledger.control(parent, 'cancel'),
  'is over': (ledger, part) => ledger.close(part, { state: 'completed', now: new Date() }),
  'has a parent that is over': (ledger, _part, parent) =>
    ledger.close(parent, { state: 'completed', now: new Date() }),
  'has a newer attempt at the same task': (ledger, part) => ledger.startTask(part, task, { binding }),
};

test.each(Object.keys(stops))(
  'an attempt of a part that %s is told to stop, and gets no new lease',
  async (why) => {
    const { now, clock } = clockOf();
    const ledger = createMemoryLedger({ leaseMs: 0 });
    const checkAttempts = vi.fn<Ledger['checkAttempts']>((id, attempts) =>
      ledger.checkAttempts(id, attempts),
    );
    const watcher = new AttemptWatcher({ checkAttempts }, { clock, everyMs: 5 });
    const parent = await open(ledger, migration);
    const part = await open(ledger, { kind: 'prune', dryRun: false, list: false }, parent);
    const attempt = await begin(ledger, watcher, part);
    now.monotonic += 8_000;
    await vi.waitFor(
      () => {
        now.monotonic += 100;
        expect(isHeld(attempt)).toBe(true);
        // Renewed by now, or it would have run out.
        expect(now.monotonic).toBeGreaterThan(5_000 + leaseMs.holder);
      },
      { interval: 20 },
    );
    expect(attempt.signal.aborted).toBe(false);

    await stops[why]?.(ledger, part, parent);
    await vi.waitFor(() => expect(attempt.signal.aborted).toBe(true), 20_000);
    now.monotonic += leaseMs.holder + 1;
    const looks = checkAttempts.mock.calls.length;
    await vi.waitFor(() => expect(checkAttempts.mock.calls.length).toBeGreaterThan(looks + 1), 20_000);
    expect(isHeld(attempt)).toBe(false);
  },
);

test('attempts of one operation are asked about in one call, and none about those that have left', async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const checkAttempts = vi.fn<Ledger['checkAttempts']>().mockResolvedValue(['run', 'run']);
  const watcher = new AttemptWatcher({ checkAttempts });
  const attempts = [1, 2, 3].map((epoch) => watcher.watch('any', { task, epoch }, watcher.now()));
  attempts[1]?.[Symbol.dispose]();
  await vi.advanceTimersByTimeAsync(600);
  expect(checkAttempts).toHaveBeenCalledOnce();
  expect(checkAttempts.mock.calls[0]?.[1]).toMatchObject([{ epoch: 1 }, { epoch: 3 }]);
  for (const one of attempts) one[Symbol.dispose]();
  expect(vi.getTimerCount()).toBe(0);
});
