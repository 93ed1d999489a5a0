import { z } from 'zod';

import { count, entryKind, nextCursor, operationState, sourceAndTarget, time } from './fields.ts';
import { bothCounts, failure, issueCounts, migration, stats, subcollections } from './reports.ts';
import { progress } from './status.ts';

export { migration } from './reports.ts';
export { pace, status, statusState } from './status.ts';
export { operationState } from './fields.ts';

/** The schemas of responses. Clients validate with them, and `/openapi.json` is generated from them. */

const startLinks = z.strictObject({
  self: z.string(),
  status: z.string(),
  failures: z.string(),
  jobs: z.string(),
});
export const started = z
  .strictObject({
    migrationId: z.string(),
    ...sourceAndTarget,
    stats,
    verification: z.null(),
    links: startLinks,
  })
  .meta({ id: 'Started' });
export type Started = z.infer<typeof started>;

export const finished = z
  .strictObject({
    ...migration.omit({ dryRun: true, startedAt: true, finishedAt: true, rolledBackBy: true }).shape,
    links: startLinks,
  })
  .meta({ id: 'Finished' });
export type Finished = z.infer<typeof finished>;

export const migrationsPage = z
  .strictObject({ migrations: z.array(migration), nextCursor })
  .meta({ id: 'MigrationsPage' });
export type MigrationsPage = z.infer<typeof migrationsPage>;

export const failuresPage = z
  .strictObject({
    migrationId: z.string(),
    failures: z.array(z.strictObject({ ...failure.shape, attempts: z.int().min(1) })),
    counts: z.record(z.string(), count).meta({ description: 'All failures by code, kept or not' }),
    nextCursor,
  })
  .meta({ id: 'FailuresPage' });
export type FailuresPage = z.infer<typeof failuresPage>;

export const entriesPage = z
  .strictObject({
    migrationId: z.string(),
    kind: entryKind,
    entries: z.array(
      z.strictObject({
        path: z.string().meta({ example: 'users/alice/trading-journal/2026-01-01' }),
        dateKey: z.string().meta({ example: 'journal_alice_2026-01-01' }),
        field: z.string().optional().meta({
          description:
            'The first field stored as text, or the fields of an unexpected type, each with the type; not for other kinds',
          example: 'performance.profitFactor',
        }),
      }),
    ),
    count: count.meta({ description: 'Number of all of this kind, listed or not' }),
    nextCursor,
  })
  .meta({ id: 'EntriesPage' });
export type EntriesPage = z.infer<typeof entriesPage>;

export const userState = z
  .strictObject({
    migrationId: z.string(),
    userId: z.string().meta({ example: 'alice' }),
    state: z.enum(['unknown', 'queued', 'running', 'done', 'failed']).meta({
      description:
        '`unknown`: not listed (yet), not among the users of this run, or the run is so old that its records were deleted',
      example: 'done',
    }),
    counts: z.record(z.string(), count).meta({ description: "The user's entries by outcome, so far" }),
    failures: z
      .array(z.strictObject({ ...failure.shape, attempts: z.int().min(1) }))
      .meta({ description: 'The kept failures: the first 10,000 of a run' }),
  })
  .meta({ id: 'UserState' });
export type UserState = z.infer<typeof userState>;

export const sourceCount = z
  .strictObject({
    ...sourceAndTarget,
    entries: count.meta({ description: 'Entries in the source at this moment', example: 12_345 }),
  })
  .meta({ id: 'SourceCount' });
export type SourceCount = z.infer<typeof sourceCount>;

const links = z.strictObject({ self: z.string(), next: z.string().optional() });
const operation = { ...sourceAndTarget, state: operationState, startedAt: time, finishedAt: time.nullable() };

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
export type VerificationAnswer = z.infer<typeof verification>;

/** The links of an element in a list. */
const ofList = { links: z.strictObject({ self: z.string() }) };
export const verificationsPage = z
  .strictObject({
    verifications: z.array(
      verification.omit({ issues: true, nextCursor: true, progress: true }).extend({
        mode: z.enum(['full', 'count']),
        migrationId: z.string().nullable().meta({ description: 'The run that it belongs to' }),
        ...ofList,
      }),
    ),
    nextCursor,
  })
  .meta({ id: 'VerificationsPage' });
export type VerificationsPage = z.infer<typeof verificationsPage>;

export const rollback = z
  .strictObject({
    success: z.boolean().nullable().meta({ description: 'Null while it runs' }),
    message: z.string().meta({ example: 'Dry run: 250 items would be deleted' }),
    dryRun: z.boolean(),
    deleted: count.meta({ description: 'In a dry run: items that would be deleted' }),
    kept: count.meta({ description: 'Items that were not deleted' }),
    keptReasons: z.strictObject({
      changedByApplication: count,
      notMigrated: count,
      otherRun: count,
      misplaced: count,
    }),
    scanned: count,
    bytes: count
      .nullable()
      .meta({ description: 'Size of the items that would be deleted; only of dry runs' }),
    rollbackId: z.string(),
    ...operation,
    items: z.array(
      z.strictObject({
        dateKey: z.string().nullable(),
        path: z.string().nullable().meta({ description: 'The path of the entry that the item names' }),
        code: z.string(),
        message: z.string(),
      }),
    ),
    nextCursor,
    progress: progress.optional(),
    links,
  })
  .meta({ id: 'Rollback' });
export type RollbackAnswer = z.infer<typeof rollback>;

export const rollbacksPage = z
  .strictObject({
    rollbacks: z.array(
      rollback.omit({ items: true, nextCursor: true, progress: true }).extend({
        migrationId: z
          .string()
          .nullable()
          .meta({ description: 'The run that it rolls back; null: all runs' }),
        ...ofList,
      }),
    ),
    nextCursor,
  })
  .meta({ id: 'RollbacksPage' });
export type RollbacksPage = z.infer<typeof rollbacksPage>;

const difference = z.strictObject({
  part: z.enum(['source', 'target', 'settings']),
  field: z.string().meta({ example: 'project' }),
  expected: z.string().nullable().meta({ description: 'The value in the run' }),
  actual: z.string().nullable().meta({ description: 'The value in the worker' }),
});

export const workers = z
  .strictObject({
    workers: z.array(
      z.strictObject({
        id: z.string(),
        host: z.string().meta({ example: 'worker-1' }),
        pid: count.meta({ description: 'Process id on that host', example: 4711 }),
        version: z.string().meta({ example: '1.0.0' }),
        since: time,
        lastSeen: time.meta({ description: 'Its last report; one comes every two seconds' }),
        tasks: count.meta({ description: 'Active tasks: users or segments of the table' }),
        mismatch: z
          .strictObject({ operationId: z.string(), differences: z.array(difference) })
          .nullable()
          .meta({ description: 'The operation that it does not work on, because its configuration differs' }),
      }),
    ),
  })
  .meta({ id: 'Workers' });
export type Workers = z.infer<typeof workers>;

export const health = z.strictObject({ status: z.string().meta({ example: 'ok' }) });

/** RFC 9457, with fields of its own by code: `errors`, `current`, `migrationId` … */
export const problem = z
  .looseObject({
    type: z.string().meta({ example: 'urn:firestore-to-dynamodb-migration:invalid_request' }),
    title: z.string().meta({ example: 'invalid request' }),
    status: z.int().meta({ example: 400 }),
    code: z.string().meta({ example: 'INVALID_REQUEST' }),
    detail: z.string().meta({ example: 'Invalid body: foo: is not a known field' }),
    errors: z.array(z.strictObject({ field: z.string(), message: z.string() })).optional(),
  })
  .meta({ id: 'Problem' });
export type Problem = z.infer<typeof problem>;
