import { isDeepStrictEqual } from 'node:util';

import { type Commit, type Operation, quarantineAfterStarts } from '@migrator/core';

interface ModelTask {
  state: 'queued' | 'running' | 'done' | 'failed';
  epoch: number;
  starts: number;
  cursor?: string;
  counters: Record<string, number>;
  /** Codes by key. */
  issues: Map<string, string>;
}

/**
 * A model of one migration in a ledger: sums and counts are computed from the tasks each time, so that they can't
 * drift.
 */
export class LedgerModel {
  readonly tasks = new Map<string, ModelTask>();
  isRunning = true;

  add(task: string): ModelTask {
    const known = this.tasks.get(task);
    if (known !== undefined) return known;
    const added: ModelTask = { state: 'queued', epoch: 0, starts: 0, counters: {}, issues: new Map() };
    this.tasks.set(task, added);
    return added;
  }

  start(task: string, reopen: boolean, isolated: boolean): Record<string, unknown> {
    if (!this.isRunning && !reopen) return { started: false, why: 'closed' };
    const known = this.tasks.get(task);
    if (known?.state === 'done') return { started: false, why: 'done' };
    if (known?.starts === quarantineAfterStarts && !isolated) return { started: false, why: 'quarantined' };
    this.isRunning = true;
    const record = this.add(task);
    record.state = 'running';
    record.epoch++;
    record.starts++;
    record.issues.delete('');
    const { epoch, cursor, starts } = record;
    return {
      started: true,
      epoch,
      cursor,
      counters: withoutZeros(record.counters),
      startsWithoutProgress: starts,
    };
  }

  commit(task: string, commit: Commit): 'run' | 'stale' | 'missing' {
    const record = this.#held(task, commit.epoch);
    if (record === undefined) return 'stale';
    if (
      commit.expected !== undefined &&
      !isDeepStrictEqual(withoutZeroCounters(commit.expected), withoutZeroCounters(record))
    )
      return 'missing';
    for (const [name, amount] of Object.entries(commit.deltas)) {
      record.counters[name] = (record.counters[name] ?? 0) + amount;
    }
    for (const key of commit.resolved ?? []) record.issues.delete(key);
    for (const { key, code } of commit.issues ?? []) record.issues.set(key, code);
    if (commit.cursor !== undefined) record.cursor = commit.cursor;
    record.state = commit.state;
    record.starts = 0;
    return 'run';
  }

  /** The task's progress, as a commit has to expect it. */
  progressOf(task: string): NonNullable<Commit['expected']> {
    return withoutZeroCounters(this.add(task));
  }

  reset(task: string, epoch: number): 'run' | 'stale' {
    const record = this.#held(task, epoch);
    if (record === undefined) return 'stale';
    record.counters = {};
    record.issues.clear();
    delete record.cursor;
    return 'run';
  }

  requeue(tasks: readonly string[]): string[] {
    const failed = this.isRunning ? tasks.filter((task) => this.tasks.get(task)?.state === 'failed') : [];
    for (const task of failed) this.add(task).state = 'queued';
    return failed;
  }

  inState(state: ModelTask['state']): string[] {
    return [...this.tasks]
      .filter(([, task]) => task.state === state)
      .map(([name]) => name)
      .toSorted();
  }

  /** Task, key and code of every issue. */
  issues(): [task: string, key: string, code: string][] {
    return [...this.tasks].flatMap(([name, { issues }]) =>
      [...issues].map(([key, code]): [string, string, string] => [name, key, code]),
    );
  }

  figures(): Pick<Operation, 'tasks' | 'totals' | 'codes'> {
    const totals: Record<string, number> = {};
    for (const { counters } of this.tasks.values()) {
      for (const [name, amount] of Object.entries(counters)) totals[name] = (totals[name] ?? 0) + amount;
    }
    const codes: Record<string, number> = {};
    for (const [, , code] of this.issues()) codes[code] = (codes[code] ?? 0) + 1;
    return {
      tasks: {
        listed: this.tasks.size,
        completed: this.inState('done').length,
        failed: this.inState('failed').length,
      },
      totals: withoutZeros(totals),
      codes,
    };
  }

  #held(task: string, epoch: number): ModelTask | undefined {
    const record = this.tasks.get(task);
    return this.isRunning && record?.state === 'running' && record.epoch === epoch ? record : undefined;
  }
}

function withoutZeroCounters({
  cursor,
  counters,
}: NonNullable<Commit['expected']>): NonNullable<Commit['expected']> {
  return { counters: withoutZeros(counters), cursor };
}

function withoutZeros(counts: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== 0));
}
