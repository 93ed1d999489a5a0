import {
  type EncodedItem,
  ItemArena,
  mapEntry,
  maxItemsPerBatch,
  MigrationError,
  type SourceEntry,
  type Target,
} from '@migrator/core';

import type { EngineSettings } from '../engine-context.ts';
import { type EntryOutcome, unmappable, written } from './entry-outcome.ts';
import type { MigrationRun } from './migration-run.ts';
import { isOwnFault, type ProbedServices } from './outage-detection.ts';

/** The limit of a batch's documents together, in bytes. Ordinary entries reach the limit of their number first. */
const maxBatchBytes = 128 * 1024;

export interface CreatedBatch {
  /** In the order of the entries; undefined if the conditional put has to decide. */
  readonly outcomes: readonly (EntryOutcome | undefined)[];
  /** Write units of the whole request. */
  readonly writeUnits: number;
}

/** The context of creating a batch. */
export type BatchContext = ProbedServices & {
  readonly target: Pick<Target, 'createItems'>;
  readonly settings: Pick<EngineSettings, 'oversize'>;
};

/** Splits entries, in their order, into batches that fit into one request. */
export function cutIntoBatches(entries: readonly SourceEntry[]): SourceEntry[][] {
  const batches: SourceEntry[][] = [];
  let batch: SourceEntry[] = [];
  let bytes = 0;
  for (const entry of entries) {
    const { length } = entry.document;
    if (batch.length === maxItemsPerBatch || (batch.length > 0 && bytes + length > maxBatchBytes)) {
      batches.push(batch);
      batch = [];
      bytes = 0;
    }
    batch.push(entry);
    bytes += length;
  }
  if (batch.length > 0) batches.push(batch);
  return batches;
}

/**
 * Maps a batch of entries and creates their items in one request. Entries that can't be items, and those created,
 * have an outcome. All others are left to the conditional put: those whose key is taken or that the service rejects,
 * and the whole batch if the service has no batches or rejects only this one. Other errors are thrown.
 */
export async function createBatch(
  context: BatchContext,
  run: MigrationRun,
  entries: readonly SourceEntry[],
  signal: AbortSignal,
): Promise<CreatedBatch> {
  const { oversize } = context.settings;
  const arena = ItemArena.take();
  try {
    const mapped = entries.map((entry) => mapEntry(entry, { migratedAt: run.migratedAt, oversize, arena }));
    const items: EncodedItem[] = [];
    for (const one of mapped) if (one.ok) items.push(one.item);
    const { created, writeUnits } = await create(context, run, items, signal);
    let at = 0;
    const outcomes = mapped.map((one) => {
      if (!one.ok) return unmappable(one);
      return created[at++] === true ? written(one, 'created', 0) : undefined;
    });
    return { outcomes, writeUnits };
  } finally {
    arena.giveBack();
  }
}

async function create(
  context: BatchContext,
  run: MigrationRun,
  items: readonly EncodedItem[],
  signal: AbortSignal,
): ReturnType<Target['createItems']> {
  const nothing = { created: [], writeUnits: 0 };
  if (items.length === 0) return nothing;
  try {
    return await context.target.createItems(items, run.lease, signal);
  } catch (error) {
    const code = MigrationError.codeOf(error);
    if (code === 'NOT_SUPPORTED' || code === 'ACCESS_DENIED') return nothing;
    if (await isOwnFault(context, run, error, signal)) return nothing;
    throw error;
  }
}
