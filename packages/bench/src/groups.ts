import type { Benchmark } from './benchmarks/benchmark.ts';
import { loop } from './benchmarks/loop.ts';
import { pipeline } from './benchmarks/pipeline.ts';
import { verifyAndRollback } from './benchmarks/verify-and-rollback.ts';
import { Dataset } from './fakes/dataset.ts';

/** Benchmarks that are measured in turns, and ratios of what one turn measured. */
export interface Group {
  readonly name: string;
  readonly benchmarks: readonly Benchmark[];
  readonly ratios: readonly Ratio[];
}

export interface Ratio {
  readonly name: string;
  readonly of: string;
  readonly to: string;
}

export interface Sizes {
  /** Entries that most ways are measured with. */
  readonly entries: number;
  readonly entriesPerUser: number;
  /** Of the naive way, which is slow. */
  readonly naiveEntries: number;
  readonly growingEntriesPerUser: readonly number[];
  /** With an entry each: what is measured is the cost of a user. */
  readonly growingUsers: readonly number[];
}

export const wholeSizes: Sizes = {
  entries: 40_000,
  entriesPerUser: 100,
  naiveEntries: 4_000,
  growingEntriesPerUser: [100, 1_000, 10_000],
  growingUsers: [1_000, 10_000, 100_000],
};

/** Enough to see that everything works; the figures mean nothing. */
export const quickSizes: Sizes = {
  entries: 1_000,
  entriesPerUser: 100,
  naiveEntries: 200,
  growingEntriesPerUser: [100, 1_000],
  growingUsers: [100, 200],
};

export function groupsOf(sizes: Sizes): readonly Group[] {
  const { entries, entriesPerUser } = sizes;
  const dataset = new Dataset(entries / entriesPerUser, entriesPerUser);
  const naive = new Dataset(sizes.naiveEntries / entriesPerUser, entriesPerUser).projectId;
  const growingUsers = sizes.growingUsers.map((users) => new Dataset(users, 1));
  return [
    {
      name: 'map',
      benchmarks: ['ordinary', 'ugly'].map((task) => loop({ name: `map.${task}`, program: 'map', task })),
      ratios: [],
    },
    {
      name: 'pipeline',
      benchmarks: [
        pipeline({ name: 'pipeline.safe', dataset, workers: 1 }),
        loop({ name: 'floor', program: 'floor', task: dataset.projectId }),
        loop({ name: 'naive', program: 'naive', task: naive }),
        loop({ name: 'naive.batched', program: 'naive', args: ['--batched'], task: naive }),
      ],
      ratios: [
        ratio('naiveToSafe', 'naive', 'pipeline.safe'),
        ratio('safeToFloor', 'pipeline.safe', 'floor'),
      ],
    },
    { name: 'verify', benchmarks: [verifyAndRollback({ dataset, workers: 1 })], ratios: [] },
    {
      name: 'growth.workers',
      benchmarks: [1, 2].map((workers) => pipeline({ name: `growth.workers.${workers}`, dataset, workers })),
      ratios: [ratio('twoWorkersToOne', 'growth.workers.2', 'growth.workers.1')],
    },
    {
      name: 'growth.entriesPerUser',
      benchmarks: sizes.growingEntriesPerUser.map((each) =>
        pipeline({
          name: `growth.entriesPerUser.${each}`,
          dataset: new Dataset(entries / each, each),
          workers: 1,
        }),
      ),
      ratios: [],
    },
    {
      name: 'growth.users',
      benchmarks: growingUsers.map((users) =>
        pipeline({
          name: `growth.users.${users.users}`,
          dataset: users,
          workers: 1,
          per: 'User',
          warmUpUsers: Math.min(users.users, 2_000),
        }),
      ),
      ratios: [],
    },
  ];
}

function ratio(name: string, of: string, to: string): Ratio {
  return { name: `ratio.${name}`, of: `${of}.cpuMicrosPerEntry`, to: `${to}.cpuMicrosPerEntry` };
}
