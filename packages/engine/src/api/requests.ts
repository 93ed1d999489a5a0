import { type ErrorCode, isDocumentId, errorTable } from '@migrator/core';
import { z } from 'zod';

import { entryKind } from './fields.ts';

/** The schemas of requests. The API validates with them, and `/openapi.json` is generated from them. */

const documentId = z
  .string()
  .min(1)
  .refine(isDocumentId, 'is no document id')
  .meta({ description: "A user's document id in Firestore", example: 'alice' });

const codes = Object.keys(errorTable) as [ErrorCode, ...ErrorCode[]];
const errorCode = z
  .enum(codes)
  .meta({ description: 'Why an entry or a user failed', example: 'ITEM_TOO_LARGE' });

const migrationId = z.string().max(100).meta({ example: 'migration-20261122T091051123Z' });

export const startBody = z
  .strictObject({
    dryRun: z
      .boolean()
      .default(false)
      .meta({ description: 'Writes nothing and predicts what a run would do' }),
    userIds: z
      .array(documentId)
      .min(1)
      .max(10_000)
      .optional()
      .meta({ description: 'Only these users; default: all' }),
    verify: z.boolean().default(true).meta({ description: 'Ends with a verification' }),
    allowEmpty: z.boolean().default(false).meta({ description: 'Accept a source without entries' }),
    prune: z
      .boolean()
      .default(false)
      .meta({ description: 'Removes migrated items whose entry Firestore no longer has' }),
    pruneCount: z.int().min(0).optional().meta({
      description:
        "With prune: how many items may go, as a dry run counts them; needed beyond 10 % of the table's migrated items (at least 10)",
    }),
  })
  .refine(({ prune, pruneCount }) => prune || pruneCount === undefined, {
    path: ['pruneCount'],
    message: 'requires prune: true',
  })
  .meta({ example: { dryRun: false } });
export type StartRequest = z.input<typeof startBody>;

export const rollbackBody = z
  .strictObject({
    dryRun: z
      .boolean()
      .default(true)
      .meta({ description: 'Deletes nothing, and reports what would be deleted; only false deletes' }),
    migrationId: migrationId.optional().meta({ description: 'Only items of this run; default: all runs' }),
  })
  .meta({ example: { dryRun: true } });
export type RollbackRequest = z.input<typeof rollbackBody>;

export const retryBody = z
  .strictObject({
    userId: documentId.optional().meta({ description: 'Only this user' }),
    code: errorCode.optional().meta({ description: 'Only users with a failure of this code' }),
  })
  .meta({ example: { code: 'ITEM_TOO_LARGE' } });
export type RetryRequest = z.input<typeof retryBody>;

/** Write units a second of all workers together; null: no limit. */
export const paceBody = z
  .strictObject({
    maxWriteUnitsPerSecond: z
      .number()
      .int()
      .min(1)
      .max(1_000_000_000)
      .nullable()
      .meta({ description: 'Limit of all workers together; null removes it' }),
  })
  .meta({ example: { maxWriteUnitsPerSecond: 500 } });

export const noBody = z.strictObject({}).meta({ example: {} });

export const noQuery = z.strictObject({});

export const verifyQuery = z.strictObject({
  mode: z.enum(['full', 'count']).default('full').meta({
    description:
      '`full` compares every entry with its item; `count` how many there are on both sides, of the users that the last run covered',
  }),
});
export type VerifyQuery = z.input<typeof verifyQuery>;

const cursor = z
  .string()
  .regex(/^\d{1,15}$/, 'is no cursor that an answer gave')
  .optional()
  .meta({ description: 'The `nextCursor` of the page before; without it the first page' });

export const pageQuery = z.strictObject({ cursor });

const user = z
  .string()
  .regex(/^[^/]{1,1500}$/, 'is no part of a user id')
  .optional()
  .meta({
    description:
      'Only those of users whose id contains this, in upper or lower case. A page may then hold fewer; `nextCursor` says whether there are more',
    example: 'ali',
  });

export const failuresQuery = z.strictObject({
  cursor,
  code: errorCode.optional().meta({ description: 'Only failures of this code' }),
  user,
});

export const issuesQuery = z.strictObject({
  cursor,
  code: z
    .string()
    .regex(/^[A-Za-z][\w-]{0,49}$/, 'is no code')
    .optional()
    .meta({ description: 'Only issues of this kind, or items of this code', example: 'different' }),
  user,
});

export const entriesQuery = z.strictObject({
  cursor,
  user,
  kind: entryKind.meta({
    description:
      '`encoded-as-text`: a number is stored as text; `unexpected-type`: a standard field has an unexpected type; `conflict`: the item belongs to the application; `newer`: the item is newer; `pruned`: the item was deleted',
  }),
});
export type EntriesQuery = z.input<typeof entriesQuery>;

export const userPath = z.strictObject({
  id: migrationId.meta({ description: "A run's id" }),
  userId: documentId,
});

export const idPath = z.strictObject({ id: migrationId.meta({ description: "An operation's id" }) });

/** The path of the API below the server's root. */
export const apiBasePath = '/api/migration/firestore-to-dynamodb';
