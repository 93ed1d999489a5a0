import { z } from 'zod';

/** What answers hold, for `/openapi.json`; a test holds real answers against them. */

const count = z.int().min(0).meta({ example: 0 });
const time = z.iso.datetime().meta({ example: '2026-11-22T09:10:51.123Z' });
const operationState = z
  .enum(['running', 'completed', 'completed-with-failures', 'failed', 'cancelled'])
  .meta({ example: 'completed' });
const users = z.strictObject({ listed: count, completed: count, failed: count });
const nextCursor = z.string().nullable().meta({ description: 'Null on the last page', example: null });
const reason = z.string().nullable().meta({ description: 'Why it is paused or has failed', example: null });

export const source = z
  .strictObject({
    project: z.string().meta({ example: 'my-project' }),
    database: z.string().meta({ example: '(default)' }),
    emulator: z.string().optional().meta({ description: 'host:port of a local Firestore' }),
    usersCollection: z.string().meta({ example: 'users' }),
    journalCollection: z.string().meta({ example: 'trading-journal' }),
  })
  .meta({ id: 'Source', description: 'Where entries are read' });
export const target = z
  .strictObject({
    table: z.string().meta({ example: 'tradebook-heatmaps' }),
    region: z.string().meta({ example: 'eu-central-1' }),
    endpoint: z.string().meta({ description: 'A URL without user, password and query' }),
    account: z
      .string()
      .optional()
      .meta({ description: 'The AWS account, where the table said it', example: '123456789012' }),
  })
  .meta({ id: 'Target', description: 'Where items are written' });
const ends = { source, target };

const failure = z
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
    newerCount: count.meta({ description: 'Those skipped whose item is newer than the run' }),
    prunedCount: count.meta({
      description: 'Items removed because their entry is gone; in a dry run those that would be',
    }),
    createdCount: count,
    repairedCount: count,
    users,
    bytesWritten: count,
    writeUnits: count,
    encodedAsTextCount: count,
    warningCount: count,
    compressedCount: count,
    errors: z.array(failure).meta({ description: 'The first 100' }),
    startTime: time,
    endTime: time.nullable(),
  })
  .meta({ id: 'Stats' });

const issueCounts = z.strictObject({
  missing: count,
  different: count,
  'source-changed': count,
  unexpected: count,
  'target-changed': count,
  unknown: count,
});
const bothCounts = z.strictObject({ firestore: count, dynamodb: count });

const subcollections = z
  .strictObject({
    sampledUsers: count,
    sampledEntries: count,
    entriesWithSubcollections: count,
    parentsWithoutDocument: count.meta({ description: 'Days that exist only as parents of other documents' }),
    examples: z.array(z.string()),
    message: z.string().meta({ example: 'No subcollections in 100 sampled entries of 20 users' }),
  })
  .meta({
    id: 'Subcollections',
    description:
      'What no run copies, by looking at up to 100 entries of up to 20 users; null where that was not done yet',
  });

const verdict = z
  .strictObject({
    verificationId: z.string().meta({ example: 'verification-20261122T091101000Z' }),
    isValid: z.boolean(),
    issueCounts,
    counts: bothCounts,
    subcollections: subcollections.nullable(),
    message: z.string().meta({ example: 'Verification shows no issues' }),
  })
  .meta({ id: 'Verdict' });

const prune = z
  .strictObject({
    pruned: count,
    kept: count.meta({ description: 'Saved by the application since, or beyond what was counted' }),
    unknown: count.meta({ description: 'Items whose entry Firestore can’t be asked about; they stay' }),
    message: z.string().meta({ example: '3 items pruned' }),
  })
  .meta({ id: 'Prune', description: 'Null where none was asked for, or it has not begun' });

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

export const migration = z
  .strictObject({
    migrationId: z.string().meta({ example: 'migration-20261122T091051123Z' }),
    state: operationState,
    dryRun: z.boolean(),
    ...ends,
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
    advice: z.string().nullable().meta({ description: 'What to do about it', example: null }),
    estimate: estimate.optional(),
  })
  .meta({ id: 'Migration' });

const pace = z
  .strictObject({
    writeUnitsPerSecond: z.number(),
    maxWriteUnitsPerSecond: z.number().nullable(),
    limitedBy: z
      .enum(['budget', 'throttled', 'source', 'workers', 'paused'])
      .meta({ description: 'What holds the pace down' }),
  })
  .meta({ id: 'Pace' });

export const progress = z
  .strictObject({
    processed: count,
    total: count.nullable(),
    percent: z.number().min(0).max(100).nullable(),
    entriesPerSecond: z.number().min(0),
    etaSeconds: z.number().min(0).nullable(),
    users,
    outcomes: z.record(z.string(), z.number()),
    reason,
    pace: pace.optional(),
  })
  .meta({ id: 'Progress' });

export const status = z
  .strictObject({
    currentStatus: z.strictObject({
      state: z.enum([
        'idle',
        'listing',
        'migrating',
        'verifying',
        'rolling-back',
        'pausing',
        'paused',
        'cancelling',
      ]),
      migrationId: z.string().nullable(),
      operationId: z.string().nullable(),
      ...ends,
      progress: progress.nullable(),
      notice: z
        .string()
        .nullable()
        .meta({ description: 'What a person should know beside it', example: null }),
      workers: z
        .strictObject({ live: count, tasks: count })
        .meta({ description: 'Workers that have reported within ten seconds, and what they work on' }),
    }),
    lastMigration: migration.nullable(),
  })
  .meta({ id: 'Status' });

const startLinks = z.strictObject({
  self: z.string(),
  status: z.string(),
  failures: z.string(),
  jobs: z.string(),
});
export const started = z
  .strictObject({ migrationId: z.string(), ...ends, stats, verification: z.null(), links: startLinks })
  .meta({ id: 'Started' });
export const finished = z
  .strictObject({
    migrationId: z.string(),
    state: operationState,
    ...ends,
    stats,
    verification: verdict.nullable(),
    prune: prune.nullable(),
    subcollections: subcollections.nullable(),
    reason,
    advice: z.string().nullable().meta({ description: 'What to do about it', example: null }),
    estimate: estimate.optional(),
    links: startLinks,
  })
  .meta({ id: 'Finished' });

export const migrationsPage = z
  .strictObject({ migrations: z.array(migration), nextCursor })
  .meta({ id: 'MigrationsPage' });

export const failuresPage = z
  .strictObject({
    migrationId: z.string(),
    failures: z.array(z.strictObject({ ...failure.shape, attempts: z.int().min(1) })),
    counts: z.record(z.string(), count).meta({ description: 'All failures by code, kept or not' }),
    nextCursor,
  })
  .meta({ id: 'FailuresPage' });

export const entriesPage = z
  .strictObject({
    migrationId: z.string(),
    kind: z.enum(['pruned']),
    entries: z.array(
      z.strictObject({
        path: z.string().meta({ example: 'users/alice/trading-journal/2026-01-01' }),
        dateKey: z.string().meta({ example: 'journal_alice_2026-01-01' }),
      }),
    ),
    count: count.meta({ description: 'All of the kind, listed or not' }),
    nextCursor,
  })
  .meta({ id: 'EntriesPage' });

const links = z.strictObject({ self: z.string(), next: z.string().optional() });
const operation = { ...ends, state: operationState, startedAt: time, finishedAt: time.nullable() };

export const verification = z
  .strictObject({
    isValid: z.boolean().nullable().meta({ description: 'Null while it runs' }),
    message: z.string().meta({ example: 'Verification shows no issues' }),
    progress: progress.optional(),
    verificationId: z.string(),
    ...operation,
    issueCounts,
    counts: bothCounts,
    subcollections: subcollections.nullable(),
    issues: z.array(
      z.strictObject({
        kind: z.string().meta({ example: 'different' }),
        dateKey: z.string().optional(),
        path: z.string().optional(),
        message: z.string().optional(),
        attempts: z.int().optional(),
        fields: z.array(
          z.strictObject({ at: z.string(), expected: z.string().optional(), actual: z.string().optional() }),
        ),
      }),
    ),
    nextCursor,
    links,
  })
  .meta({ id: 'Verification' });

export const rollback = z
  .strictObject({
    success: z.boolean(),
    message: z.string().meta({ example: 'Dry run: 250 items would be deleted' }),
    dryRun: z.boolean(),
    deleted: count,
    kept: count,
    keptReasons: z.strictObject({
      changedByApplication: count,
      notMigrated: count,
      otherRun: count,
      misplaced: count,
    }),
    scanned: count,
    bytes: count,
    rollbackId: z.string(),
    ...operation,
    items: z.array(z.strictObject({ dateKey: z.string().nullable(), code: z.string(), message: z.string() })),
    nextCursor,
    progress: progress.optional(),
    links,
  })
  .meta({ id: 'Rollback' });

export const health = z.strictObject({ status: z.string().meta({ example: 'ok' }) });

/** RFC 9457, with fields of its own by code: `errors`, `current`, `migrationId` … */
export const problem = z
  .looseObject({
    type: z.string().meta({ example: 'urn:firestore-to-dynamodb-migration:invalid_request' }),
    title: z.string().meta({ example: 'invalid request' }),
    status: z.int().meta({ example: 400 }),
    code: z.string().meta({ example: 'INVALID_REQUEST' }),
    detail: z.string().meta({ example: 'The body is not as it should be: foo: is not a known field' }),
    errors: z.array(z.strictObject({ field: z.string(), message: z.string() })).optional(),
  })
  .meta({ id: 'Problem' });
