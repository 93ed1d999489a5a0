import { z } from 'zod';

import {
  advice,
  count,
  migrationId,
  operationState,
  reason,
  sourceAndTarget,
  time,
  users,
} from './fields.ts';

/** What there is to say about a run, as answers hold it. */

export const failure = z
  .strictObject({
    path: z.string().meta({ example: 'users/alice/trading-journal/2026-01-01' }),
    code: z.string().meta({ example: 'ITEM_TOO_LARGE' }),
    message: z
      .string()
      .meta({ example: "Failed to save journal data: the item is larger than DynamoDB's 400 KB" }),
  })
  .meta({ id: 'Failure' });

export const stats = z
  .strictObject({
    totalProcessed: count.meta({ description: 'successCount + failureCount + skippedCount, always' }),
    successCount: count.meta({ description: 'createdCount + repairedCount' }),
    failureCount: count,
    skippedCount: count.meta({ description: 'There already, or not ours to touch' }),
    conflictCount: count.meta({ description: 'Those skipped whose item is the application’s' }),
    newerCount: count.meta({
      description: 'Those skipped whose item a newer run wrote, or is of a newer state of the document',
    }),
    prunedCount: count.meta({
      description: 'Items removed because their entry is gone; in a dry run those that would be',
    }),
    createdCount: count,
    repairedCount: count,
    users,
    bytesWritten: count,
    writeUnits: count.meta({
      description:
        'As DynamoDB reported them. A worker that is killed takes those of its last pages along: the bill may be higher',
    }),
    encodedAsTextCount: count.meta({ description: 'Values DynamoDB has no number for, stored as text' }),
    warningCount: count.meta({ description: "Guide's fields of another type than the guide's" }),
    compressedCount: count.meta({ description: 'Entries over DynamoDB’s limit that were compressed' }),
    errors: z.array(failure).meta({ description: 'The first 100' }),
    startTime: time,
    endTime: time.nullable(),
  })
  .meta({ id: 'Stats' });

export type MigrationStats = z.infer<typeof stats>;

export const issueCounts = z.strictObject({
  missing: count,
  different: count,
  'source-changed': count,
  unexpected: count,
  'target-changed': count,
  unknown: count,
});
export const bothCounts = z.strictObject({ firestore: count, dynamodb: count });

export const subcollections = z
  .strictObject({
    sampledUsers: count,
    sampledEntries: count,
    entriesWithSubcollections: count.meta({ description: 'Of the sampled entries' }),
    parentsWithoutDocument: count.meta({ description: 'Days that exist only as parents of other documents' }),
    examples: z.array(z.string()).meta({ description: 'The first 10 of both, by their paths' }),
    message: z.string().meta({ example: 'No subcollections in 100 sampled entries of 20 users' }),
  })
  .meta({
    id: 'Subcollections',
    description:
      'What no run copies, by looking at up to 100 entries of up to 20 users; null where that was not done yet',
  });

export type SubcollectionReport = z.infer<typeof subcollections>;

export const verdict = z
  .strictObject({
    verificationId: z.string().meta({ example: 'verification-20261122T091101000Z' }),
    isValid: z.boolean(),
    issueCounts,
    counts: bothCounts,
    subcollections: subcollections.nullable(),
    message: z.string().meta({ example: 'Verification shows no issues' }),
  })
  .meta({ id: 'Verdict' });

export type Verdict = z.infer<typeof verdict>;

export const prune = z
  .strictObject({
    pruned: count.meta({ description: 'In a dry run those that would be' }),
    kept: count.meta({ description: 'Saved by the application since, or beyond what was counted' }),
    unknown: count.meta({ description: 'Items whose entry Firestore can’t be asked about; they stay' }),
    message: z.string().meta({ example: '3 items pruned' }),
  })
  .meta({ id: 'Prune', description: 'Null where none was asked for, or it has not begun' });

export type PruneReport = z.infer<typeof prune>;

const prices = z.record(z.string(), z.union([z.number(), z.string()]));
export const estimate = z
  .strictObject({
    firestoreReads: z.strictObject({ run: count, verification: count }),
    dynamodbWriteUnits: z.number(),
    dynamodbReadUnits: z.strictObject({ run: z.number(), verification: z.number() }),
    bytes: count,
    users: z.strictObject({ listed: count, withoutDocument: count }),
    cost: z
      .strictObject({
        firestoreReads: z.number(),
        dynamodbWrites: z.number(),
        dynamodbReads: z.number(),
        total: z.number(),
      })
      .meta({ description: 'US dollars' }),
    prices,
    secondsAt: z.array(
      z.strictObject({ writeUnitsPerSecond: z.number(), seconds: z.number(), says: z.string() }),
    ),
  })
  .meta({ id: 'Estimate', description: 'What a real run would take; only of a dry run' });

export type Estimate = z.infer<typeof estimate>;

export const migration = z
  .strictObject({
    migrationId,
    state: operationState,
    dryRun: z.boolean(),
    ...sourceAndTarget,
    startedAt: time,
    finishedAt: time.nullable(),
    stats,
    verification: verdict.nullable(),
    prune: prune.nullable(),
    subcollections: subcollections.nullable(),
    rolledBackBy: z
      .string()
      .nullable()
      .meta({ description: 'The rollback that took it back', example: null }),
    reason,
    advice,
    estimate: estimate.optional(),
  })
  .meta({ id: 'Migration' });

export type MigrationReport = z.infer<typeof migration>;
