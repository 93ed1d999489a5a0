import { operationPhases } from '@migrator/core';
import { z } from 'zod';

import { count, operationState, reason, sourceAndTarget, time, users } from './fields.ts';
import { migration } from './reports.ts';

/** The schemas of the status. */

/**
 * What limits the write rate. `budget`: the configured maximum. `throttled`: the table throttles writes. `source`:
 * writes wait for reads of Firestore. `workers`: none of these; more workers or a higher WRITE_CONCURRENCY would be
 * faster. `paused`: an operator or an error has paused the run.
 */
const limitedBy = z.enum(['budget', 'throttled', 'source', 'workers', 'paused']);

export const pace = z
  .strictObject({
    writeUnitsPerSecond: z.number().meta({ description: 'Of all workers together, over the last seconds' }),
    maxWriteUnitsPerSecond: z.number().nullable(),
    limitedBy: limitedBy.meta({ description: 'What limits the write rate' }),
  })
  .meta({ id: 'Pace' });
export type PaceReport = z.infer<typeof pace>;

export const progress = z
  .strictObject({
    processed: count.meta({
      description: 'Entries processed: migrated or compared; for a rollback: items scanned',
    }),
    total: count.nullable().meta({ description: 'Total number of entries; null if not known (yet)' }),
    percent: z
      .number()
      .min(0)
      .max(100)
      .nullable()
      .meta({ description: 'Two decimals; null without a total' }),
    entriesPerSecond: z.number().min(0),
    etaSeconds: z.number().min(0).nullable(),
    users,
    outcomes: z.record(z.string(), z.number()).meta({ description: 'Counts by outcome at this moment' }),
    reason,
    oneByOne: z.string().optional().meta({
      description: 'Why entries are written one by one; absent where they are written in batches',
    }),
    pace: pace.optional(),
  })
  .meta({ id: 'Progress' });

export type Progress = z.infer<typeof progress>;

export const statusState = z.enum(['idle', ...operationPhases, 'pausing', 'paused', 'cancelling']);
export type StatusState = z.infer<typeof statusState>;

export const currentStatus = z.strictObject({
  state: statusState,
  migrationId: z.string().nullable(),
  operationId: z.string().nullable(),
  ...sourceAndTarget,
  progress: progress.nullable(),
  maxWriteUnitsPerSecond: z
    .number()
    .nullable()
    .meta({ description: 'The limit of write units that is in force, while nothing runs too; null: none' }),
  notice: z.string().nullable().meta({ description: 'A notice for the operator', example: null }),
  workers: z
    .strictObject({ live: count, tasks: count })
    .meta({ description: 'Workers that have reported within ten seconds, and what they work on' }),
});
export type CurrentStatus = z.infer<typeof currentStatus>;

const lastOutcome = z
  .strictObject({
    kind: z.enum(['migration', 'verification', 'rollback']),
    id: z.string().meta({ example: 'verification-20261122T091101000Z' }),
    state: operationState,
    finishedAt: time,
    message: z.string().meta({ example: 'Verification shows no issues' }),
  })
  .meta({ id: 'LastOutcome', description: 'The operation that ended last, dry runs included' });
export type LastOutcome = z.infer<typeof lastOutcome>;

export const status = z
  .strictObject({ currentStatus, lastMigration: migration.nullable(), lastOutcome: lastOutcome.nullable() })
  .meta({ id: 'Status' });
export type Status = z.infer<typeof status>;
