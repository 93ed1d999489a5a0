import { isDeepStrictEqual } from 'node:util';

import { type Commit, type Operation, quarantineAfterStarts } from '@migrator/core';

interface ModelUnit {
  state: 'queued' | 'running' | 'done' | 'failed';
  epoch: number;
  starts: number;
  cursor?: string;
  counters: Record<string, number>;
  /** Codes by key. */
  issues: Map<string, string>;
}

/**
 * What a ledger has to say of one migration, worked out the slow way: sums and counts are made anew from the units each
 * time, so that they can't drift.
 */
export class LedgerModel {
  readonly units = new Map<string, ModelUnit>();
  isRunning = true;

  add(unit: string): ModelUnit {
    const known = this.units.get(unit);
    if (known !== undefined) return known;
    const added: ModelUnit = { state: 'queued', epoch: 0, starts: 0, counters: {}, issues: new Map() };
    this.units.set(unit, added);
    return added;
  }

  start(unit: string, reopen: boolean, isolated: boolean): Record<string, unknown> {
    if (!this.isRunning && !reopen) return { started: false, why: 'closed' };
    const known = this.units.get(unit);
    if (known?.state === 'done') return { started: false, why: 'done' };
    if (known?.starts === quarantineAfterStarts && !isolated) return { started: false, why: 'quarantined' };
    this.isRunning = true;
    const record = this.add(unit);
    record.state = 'running';
    record.epoch++;
    record.starts++;
    record.issues.delete('');
    const { epoch, cursor, starts } = record;
    return {
      started: true,
      epoch,
      ...(cursor === undefined ? {} : { cursor }),
      counters: withoutZeros(record.counters),
      startsWithoutProgress: starts,
    };
  }

  commit(unit: string, commit: Commit): 'run' | 'stale' | 'lost' {
    const record = this.#held(unit, commit.epoch);
    if (record === undefined) return 'stale';
    if (commit.upon !== undefined && !isDeepStrictEqual(standOf(commit.upon), standOf(record))) return 'lost';
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

  /** What the unit has by now, as a commit would be booked upon it. */
  stand(unit: string): NonNullable<Commit['upon']> {
    return standOf(this.add(unit));
  }

  reset(unit: string, epoch: number): 'run' | 'stale' {
    const record = this.#held(unit, epoch);
    if (record === undefined) return 'stale';
    record.counters = {};
    record.issues.clear();
    delete record.cursor;
    return 'run';
  }

  requeue(units: readonly string[]): string[] {
    const failed = this.isRunning ? units.filter((unit) => this.units.get(unit)?.state === 'failed') : [];
    for (const unit of failed) this.add(unit).state = 'queued';
    return failed;
  }

  inState(state: ModelUnit['state']): string[] {
    return [...this.units]
      .filter(([, unit]) => unit.state === state)
      .map(([name]) => name)
      .toSorted();
  }

  /** Unit, key and code of every issue. */
  issues(): [unit: string, key: string, code: string][] {
    return [...this.units].flatMap(([name, { issues }]) =>
      [...issues].map(([key, code]): [string, string, string] => [name, key, code]),
    );
  }

  books(): Pick<Operation, 'units' | 'totals' | 'codes'> {
    const totals: Record<string, number> = {};
    for (const { counters } of this.units.values()) {
      for (const [name, amount] of Object.entries(counters)) totals[name] = (totals[name] ?? 0) + amount;
    }
    const codes: Record<string, number> = {};
    for (const [, , code] of this.issues()) codes[code] = (codes[code] ?? 0) + 1;
    return {
      units: {
        listed: this.units.size,
        completed: this.inState('done').length,
        failed: this.inState('failed').length,
      },
      totals: withoutZeros(totals),
      codes,
    };
  }

  #held(unit: string, epoch: number): ModelUnit | undefined {
    const record = this.units.get(unit);
    return this.isRunning && record?.state === 'running' && record.epoch === epoch ? record : undefined;
  }
}

function standOf({ cursor, counters }: NonNullable<Commit['upon']>): NonNullable<Commit['upon']> {
  return { counters: withoutZeros(counters), ...(cursor === undefined ? {} : { cursor }) };
}

function withoutZeros(counts: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== 0));
}
