import type { Commit, Ledger } from '@migrator/core';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  binding,
  allIssues,
  allTasks,
  figures,
  close,
  issue,
  type NewLedger,
  open,
  read,
  startTask,
} from './ledger-harness.ts';
import { LedgerModel } from './ledger-model.ts';

const tasks = ['user:a', 'user:a|b', 'user:ü😀\n'] as const;

type Step =
  | { step: 'list'; tasks: string[]; done: boolean }
  | { step: 'start'; task: string; reopen: boolean; isolated: boolean }
  | {
      step: 'commit';
      attempt: number;
      commit: Omit<Commit, 'epoch' | 'issues' | 'expected'>;
      /** The expected progress: the current one, the one when the attempt began, or any. */
      expected: 'now' | 'begin' | undefined;
      issues: [key: string, code: string][];
    }
  | { step: 'reset'; attempt: number }
  | { step: 'requeue'; tasks: string[] }
  | { step: 'close' }
  | { step: 'reopen' };

const task = fc.constantFrom(...tasks);
const key = fc.constantFrom('', 'x', 'y|1', 'z');
const code = fc.constantFrom('ITEM_TOO_LARGE', 'THROTTLED', 'INTERNAL');
const amount = fc.integer({ min: -3, max: 10_000_000_000 });
/** Mostly the newest attempts; older ones are those of a suspended process. */
const attempt = fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, { weight: 2, arbitrary: fc.nat(6) });
const optional = { requiredKeys: [] };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 1,
    arbitrary: fc.record({ step: fc.constant('list'), tasks: fc.array(task), done: fc.boolean() }),
  },
  {
    weight: 6,
    arbitrary: fc.record({ step: fc.constant('start'), task, reopen: fc.boolean(), isolated: fc.boolean() }),
  },
  {
    weight: 8,
    arbitrary: fc
      .record({
        attempt,
        expected: fc.constantFrom('now', 'now', 'begin', undefined),
        state: fc.constantFrom('running', 'running', 'queued', 'done', 'failed'),
        deltas: fc.record({ created: amount, failed: amount, bytes: amount, compressed: amount }, optional),
        rest: fc.record({ cursor: fc.string(), resolved: fc.array(key, { maxLength: 2 }) }, optional),
        issues: fc.array(fc.tuple(key, code), { maxLength: 3 }),
      })
      .map(({ attempt: index, expected, state, deltas, rest, issues }) => ({
        step: 'commit' as const,
        attempt: index,
        expected,
        commit: { state, deltas, ...rest },
        issues,
      })),
  },
  { weight: 1, arbitrary: fc.record({ step: fc.constant('reset'), attempt }) },
  {
    weight: 2,
    arbitrary: fc.record({ step: fc.constant('requeue'), tasks: fc.array(task, { maxLength: 4 }) }),
  },
  { weight: 1, arbitrary: fc.constant({ step: 'close' }) },
  { weight: 2, arbitrary: fc.constant({ step: 'reopen' }) },
);

/** The calls of one writer: starts a task, commits, then ends it, resets it, or crashes. */
const doing = fc.record({
  task,
  commits: fc.array(fc.record({ created: amount, bytes: amount }, optional), { maxLength: 3 }),
  issues: fc.array(fc.tuple(key, code), { maxLength: 2 }),
  reset: fc.boolean(),
  end: fc.constantFrom('done', 'failed', 'failed', 'queued', 'crash'),
  requeue: fc.boolean(),
});

export function ledgerProperties(newLedger: NewLedger, numRuns: number): void {
  describe('any calls in any order', () => {
    test('has the counts of a recount', async () => {
      const histories = fc.array(step, { minLength: 5, maxLength: 60, size: 'max' });
      const recounts = fc.asyncProperty(histories, async (steps) => followModel(await newLedger(), steps));
      await expect(fc.assert(recounts, { numRuns })).resolves.toBeUndefined();
    });

    test('adds up after several writers have worked on the same tasks concurrently', async () => {
      const writers = fc.array(fc.array(doing, { maxLength: 6 }), { minLength: 2, maxLength: 5 });
      const balances = fc.asyncProperty(writers, async (some) => writeAtOnce(await newLedger(), some));
      await expect(fc.assert(balances, { numRuns })).resolves.toBeUndefined();
    });
  });
}

async function followModel(ledger: Ledger, steps: readonly Step[]): Promise<void> {
  const { id } = await open(ledger);
  const model = new LedgerModel();
  /** Newest first. */
  const attempts: Attempt[] = [];
  for (const current of steps) {
    await takeStep(ledger, id, model, attempts, current);
    const operation = await read(ledger, id);
    expect(figures(operation)).toEqual(model.figures());
    expect(operation.state === 'running').toBe(model.isRunning);
  }
  for (const state of ['queued', 'running', 'done', 'failed'] as const) {
    expect(await allTasks(ledger, id, state)).toEqual(model.inState(state));
  }
  const issues = await allIssues(ledger, id, 2);
  expect(new Set(issues)).toEqual(new Set(model.issues().map((found) => issue(...found))));
  expect(issues).toHaveLength(model.issues().length);
}

interface Attempt {
  readonly task: string;
  readonly epoch: number;
  readonly begin: NonNullable<Commit['expected']>;
}

async function takeStep(
  ledger: Ledger,
  id: string,
  model: LedgerModel,
  attempts: Attempt[],
  current: Step,
): Promise<void> {
  switch (current.step) {
    case 'list': {
      await ledger.addTasks(id, current.tasks, { done: current.done });
      if (model.isRunning) for (const name of current.tasks) model.add(name);
      break;
    }
    case 'start': {
      const { reopen, isolated } = current;
      const result = await startTask(ledger, id, current.task, { reopen, isolated });
      expect(result).toEqual(model.start(current.task, reopen, isolated));
      if (result.started) {
        const begin = model.progressOf(current.task);
        attempts.unshift({ task: current.task, epoch: result.epoch, begin });
      }
      break;
    }
    case 'commit': {
      const held = attempts[current.attempt];
      if (held === undefined) break;
      const issues = current.issues.map(([found, why]) => issue(held.task, found, why));
      const expectedNow = current.expected === 'now' ? model.progressOf(held.task) : held.begin;
      const expected = current.expected === undefined ? {} : { expected: expectedNow };
      const commit: Commit = { ...current.commit, ...expected, epoch: held.epoch, issues };
      expect(await ledger.commit(id, held.task, commit)).toBe(model.commit(held.task, commit));
      break;
    }
    case 'reset': {
      const held = attempts[current.attempt];
      if (held === undefined) break;
      expect(await ledger.resetTask(id, held.task, held.epoch)).toBe(model.reset(held.task, held.epoch));
      break;
    }
    case 'requeue': {
      const wanted = [...new Set(current.tasks)];
      expect(await ledger.requeueFailed(id, wanted)).toEqual(model.requeue(wanted));
      break;
    }
    case 'close': {
      await close(ledger, id);
      model.isRunning = false;
      break;
    }
    case 'reopen': {
      expect((await ledger.reopen(id, {})).opened).toBe(!model.isRunning);
      model.isRunning = true;
      break;
    }
  }
}

type Doing = typeof doing extends fc.Arbitrary<infer T> ? T : never;

interface Booked {
  readonly task: string;
  readonly epoch: number;
  readonly deltas: Readonly<Record<string, number>> | 'reset';
}

async function writeAtOnce(ledger: Ledger, writers: readonly (readonly Doing[])[]): Promise<void> {
  const { id } = await open(ledger);
  const booked: Booked[] = [];
  const epochs: string[] = [];
  const work = async ({ task: name, commits, issues, reset, end, requeue }: Doing): Promise<void> => {
    if (requeue) await ledger.requeueFailed(id, tasks);
    const started = await ledger.startTask(id, name, { binding });
    if (!started.started) return;
    const { epoch } = started;
    epochs.push(`${name} ${epoch}`);
    if (reset && (await ledger.resetTask(id, name, epoch)) === 'run')
      booked.push({ task: name, epoch, deltas: 'reset' });
    for (const [index, deltas] of commits.entries()) {
      const isLast = index === commits.length - 1;
      if (isLast && end === 'crash') return;
      const state = isLast && end !== 'crash' ? end : 'running';
      const found = issues.map(([at, why]) => issue(name, at, why));
      const result = await ledger.commit(id, name, { epoch, state, deltas, issues: found });
      if (result === 'run') booked.push({ task: name, epoch, deltas });
    }
  };
  await Promise.all(
    writers.map(async (doings) => {
      for (const one of doings) await work(one);
    }),
  );

  expect(new Set(epochs).size).toBe(epochs.length);
  const operation = await read(ledger, id);
  expect(operation.totals).toEqual(sumOf(booked));
  const [done, failed, others] = await Promise.all([
    allTasks(ledger, id, 'done'),
    allTasks(ledger, id, 'failed'),
    allTasks(ledger, id, 'queued', 'running'),
  ]);
  expect(operation.tasks).toEqual({
    listed: done.length + failed.length + others.length,
    completed: done.length,
    failed: failed.length,
  });
  const codes: Record<string, number> = {};
  for (const { code: name } of await allIssues(ledger, id, 100)) codes[name] = (codes[name] ?? 0) + 1;
  expect(operation.codes).toEqual(codes);
}

/** A start's commits come in their order, and all of a start before any of a later one. */
function sumOf(booked: readonly Booked[]): Record<string, number> {
  const model = new LedgerModel();
  for (const { task: name, epoch, deltas } of booked.toSorted((a, b) => a.epoch - b.epoch)) {
    const record = model.add(name);
    record.state = 'running';
    record.epoch = epoch;
    if (deltas === 'reset') model.reset(name, epoch);
    else model.commit(name, { epoch, state: 'running', deltas });
  }
  return model.figures().totals;
}
