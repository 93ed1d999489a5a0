import { maxItemsPerBatch } from '@migrator/core';
import { type Calls, clientEnvironment, type Fakes, type TableKind } from '../processes/fakes.ts';

/** The services of a benchmark. */
export interface Services {
  readonly env: Readonly<Record<string, string>>;
  /** For the workers' Node. */
  readonly nodeFlags: readonly string[];
  /** Runs a migration of so many entries. Throws unless it wrote them in the measured way. */
  watch(entries: number, migrate: () => Promise<void>): Promise<void>;
}

interface Writing {
  readonly table: TableKind;
  readonly action: string;
  /** Entries in a request, at most. */
  readonly most: number;
  readonly nodeFlags?: readonly string[];
}

const inBatches = { action: 'BatchExecuteStatement', most: maxItemsPerBatch };
const unconditional = new URL('../clients/unconditional-batches.ts', import.meta.url).href;

const ways = {
  batches: { table: 'discarding', ...inBatches },
  tls: { table: 'tls', ...inBatches },
  kept: { table: 'keeping', ...inBatches },
  'one-by-one': { table: 'without-statements', action: 'PutItem', most: 1 },
  unconditional: {
    table: 'discarding',
    action: 'BatchWriteItem',
    most: maxItemsPerBatch,
    nodeFlags: ['--import', unconditional],
  },
} satisfies Record<string, Writing>;
export type Way = keyof typeof ways;

export function fakeServices(
  fakes: Fakes,
  run: { readonly name: string; readonly dataset: { readonly projectId: string }; readonly way?: Way },
): Services {
  const way: Writing = ways[run.way ?? 'batches'];
  const table = fakes.tables[way.table];
  return {
    env: clientEnvironment(fakes, { projectId: run.dataset.projectId, table: way.table }),
    nodeFlags: way.nodeFlags ?? [],
    async watch(entries, migrate) {
      await table.takeCalls();
      await migrate();
      expectWrites(run.name, await table.takeCalls(), way, entries);
    },
  };
}

/** A silent fallback to another way would be measured under this one's name. */
function expectWrites(name: string, calls: Calls, { action, most }: Writing, entries: number): void {
  for (const other of ['PutItem', 'BatchWriteItem', 'BatchExecuteStatement']) {
    const found = calls[other] ?? 0;
    // A run checks once whether batches are supported.
    const probes = other === 'BatchExecuteStatement' ? 1 : 0;
    const isRight = other === action ? (found - probes) * most >= entries : found <= probes;
    if (!isRight) throw new Error(`${name}: ${found} calls of ${other} for ${entries} entries`);
  }
}
