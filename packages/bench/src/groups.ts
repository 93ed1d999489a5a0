import type { Benchmark } from './benchmarks/benchmark.ts';
import { loop } from './benchmarks/loop.ts';
import { pipeline } from './benchmarks/pipeline.ts';
import { verifyAndRollback } from './benchmarks/verify-and-rollback.ts';
import { vendors } from './benchmarks/vendors.ts';
import { comparison, type Comparison } from './comparisons.ts';
import { Dataset } from './fakes/dataset.ts';

export interface Group {
  readonly name: string;
  readonly benchmarks: readonly Benchmark[];
}

export interface Sizes {
  /** Entries that most ways are measured with. */
  readonly entries: number;
  readonly entriesPerUser: number;
  /** Of the naive way, which is slow. */
  readonly naiveEntries: number;
  /** Of the vendors' own engines, which are slow too. */
  readonly vendorsUsers: number;
  readonly growingEntriesPerUser: readonly number[];
  /** With an entry each: what is measured is the cost of a user. */
  readonly growingUsers: readonly number[];
}

export const wholeSizes: Sizes = {
  entries: 40_000,
  entriesPerUser: 100,
  naiveEntries: 4_000,
  vendorsUsers: 30,
  growingEntriesPerUser: [100, 1_000, 10_000],
  growingUsers: [1_000, 10_000, 100_000],
};

/** Enough to test that everything works; the figures have no meaning. */
export const quickSizes: Sizes = {
  entries: 1_000,
  entriesPerUser: 100,
  naiveEntries: 200,
  vendorsUsers: 2,
  growingEntriesPerUser: [500],
  growingUsers: [100],
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
    },
    {
      name: 'pipeline',
      benchmarks: [
        pipeline({ name: 'pipeline.safe', dataset, workers: 1 }),
        pipeline({ name: 'pipeline.safe.tls', dataset, workers: 1, way: 'tls' }),
        pipeline({ name: 'pipeline.safe.one-by-one', dataset, workers: 1, way: 'one-by-one' }),
        pipeline({ name: 'pipeline.unconditional', dataset, workers: 1, way: 'unconditional' }),
        verifyAndRollback({ dataset, workers: 1 }),
        loop({ name: 'floor', program: 'floor', task: dataset.projectId }),
        loop({ name: 'naive', program: 'naive', task: naive }),
        loop({ name: 'naive.batched', program: 'naive', args: ['--batched'], task: naive }),
      ],
    },
    { name: 'vendors', benchmarks: [vendors({ users: sizes.vendorsUsers, entriesPerUser })] },
    {
      name: 'growth.workers',
      benchmarks: [1, 2].map((workers) => pipeline({ name: `growth.workers.${workers}`, dataset, workers })),
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
    },
  ];
}

/** Ratios and differences of figures. A round has those whose figures it measured. */
export function comparisonsOf(sizes: Sizes): readonly Comparison[] {
  const cpu = 'cpuMicrosPerEntry';
  const speed = 'entriesPerSecond';
  const [largestUser, mostUsers] = [sizes.growingEntriesPerUser.at(-1), sizes.growingUsers.at(-1)];
  return [
    comparison('ratio.naiveToSafe', `naive.${cpu} / pipeline.safe.${cpu}`),
    comparison('ratio.safeToFloor', `pipeline.safe.${cpu} / floor.${cpu}`),
    comparison('ratio.safeToUnconditional', `pipeline.safe.${cpu} / pipeline.unconditional.${cpu}`),
    comparison('ratio.oneByOneToSafe', `pipeline.safe.one-by-one.${cpu} / pipeline.safe.${cpu}`),
    comparison('ratio.verifyToFloor', `verify.${cpu} / floor.${cpu}`),
    comparison('ratio.safeSpeedToFloor', `pipeline.safe.${speed} / floor.${speed}`),
    comparison('ratio.twoWorkersToOne', `growth.workers.2.${cpu} / growth.workers.1.${cpu}`),
    comparison('difference.tlsMicrosPerEntry', `pipeline.safe.tls.${cpu} - pipeline.safe.${cpu}`),
    comparison(
      'difference.userMicrosBesideEntries',
      `growth.users.${mostUsers}.cpuMicrosPerUser - growth.entriesPerUser.${largestUser}.${cpu}`,
    ),
  ];
}
