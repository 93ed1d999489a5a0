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

/** The schemas of reports. */

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
    skippedCount: count.meta({ description: 'Item exists already, or may not be changed' }),
    conflictCount: count.meta({ description: 'Skipped entries whose item belongs to the application' }),
    newerCount: count.meta({
      description: 'Skipped entries whose item is of a newer run, or of a newer version of the document',
    }),
    prunedCount: count.meta({
      description:
        'Items deleted because their entry no longer exists; in a dry run: items that would be deleted',
    }),
    createdCount: count,
    repairedCount: count,
    users,
    bytesWritten: count,
    writeUnits: count.meta({
      description:
        'As DynamoDB reported them. Those of a killed worker’s last pages are missing: the bill may be higher',
    }),
    encodedAsTextCount: count.meta({
      description: 'Numbers that DynamoDB can not represent, stored as text',
    }),
    warningCount: count.meta({
      description: 'Standard fields (trades, heatmap, performance, risk, summary) of an unexpected type',
    }),
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
    entriesWithSubcollections: count.meta({ description: 'Sampled entries that have subcollections' }),
    parentsWithoutDocument: count.meta({ description: 'Days that exist only as parents of other documents' }),
    examples: z.array(z.string()).meta({ description: 'The first 10 paths of both' }),
    message: z.string().meta({ example: 'No subcollections in 100 sampled entries of 20 users' }),
  })
  .meta({
    id: 'Subcollections',
    description:
      'Data that no run copies, in a sample of up to 100 entries of up to 20 users; null before the sample is taken',
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
    kept: count.meta({ description: 'Saved by the application since, or over the confirmed number' }),
    unknown: count.meta({
      description: 'Items whose entry has an invalid id, which Firestore can’t look up; they stay',
    }),
    message: z.string().meta({ example: '3 items pruned' }),
  })
  .meta({ id: 'Prune', description: 'Null if none was requested, or before it begins' });

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
  .meta({ id: 'Estimate', description: 'The predicted cost and duration of a real run; only of a dry run' });

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
      .meta({ description: 'The rollback that rolled it back', example: null }),
    reason,
    advice,
    estimate: estimate.optional(),
  })
  .meta({ id: 'Migration' });

export type MigrationReport = z.infer<typeof migration>;
