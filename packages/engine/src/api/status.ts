import { z } from 'zod';

import { count, operationState, reason, sourceAndTarget, time, users } from './fields.ts';
import { migration } from './reports.ts';

/** What goes on at the moment. */

/**
 * What limits the write rate. `budget`: writes wait for their share of the maximum. `throttled`: they wait because the
 * table takes no more. `source`: there is nothing to write while Firestore is being read. `workers`: none of these;
 * more workers, or more writes at once, would be faster. `paused`: by a person, or by an error that only a person can fix.
 */
const limitedBy = z.enum(['budget', 'throttled', 'source', 'workers', 'paused']);

export const pace = z
  .strictObject({
    writeUnitsPerSecond: z.number().meta({ description: 'Of all workers together, over the last seconds' }),
    maxWriteUnitsPerSecond: z.number().nullable(),
    limitedBy: limitedBy.meta({ description: 'What holds the pace down' }),
  })
  .meta({ id: 'Pace' });
export type PaceReport = z.infer<typeof pace>;

export const progress = z
  .strictObject({
    processed: count.meta({
      description: 'Entries dealt with: migrated, compared; for a rollback, items looked at',
    }),
    total: count.nullable().meta({ description: 'Entries to go through; null where it is not known (yet)' }),
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

export const statusState = z.enum([
  'idle',
  'listing',
  'migrating',
  'verifying',
  'rolling-back',
  'pausing',
  'paused',
  'cancelling',
]);
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
  notice: z.string().nullable().meta({ description: 'What a person should know beside it', example: null }),
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
  .meta({ id: 'LastOutcome', description: 'What ended last; dry runs count too' });
export type LastOutcome = z.infer<typeof lastOutcome>;

export const status = z
  .strictObject({ currentStatus, lastMigration: migration.nullable(), lastOutcome: lastOutcome.nullable() })
  .meta({ id: 'Status' });
export type Status = z.infer<typeof status>;
