import { listedKinds, operationStates, type SourceBinding, type TargetBinding } from '@migrator/core';
import { z } from 'zod';

/** Parts of several schemas. */

export const count = z.int().min(0).meta({ example: 0 });
export const time = z.iso.datetime().meta({ example: '2026-11-22T09:10:51.123Z' });
export const operationState = z.enum(operationStates).meta({ example: 'completed' });
export const users = z.strictObject({ listed: count, completed: count, failed: count });
export const nextCursor = z.string().nullable().meta({ description: 'Null on the last page', example: null });
export const reason = z
  .string()
  .nullable()
  .meta({ description: 'Why it is paused or has failed', example: null });
export const advice = z.string().nullable().meta({ description: 'What to do about it', example: null });
/** The kinds of entries that a run lists in addition to its failures. */
export const entryKind = z.enum(['pruned', ...listedKinds]);
export type EntryKind = z.infer<typeof entryKind>;
export const migrationId = z.string().meta({ example: 'migration-20261122T091051123Z' });

const source = z
  .strictObject({
    project: z.string().meta({ example: 'my-project' }),
    database: z.string().meta({ example: '(default)' }),
    emulator: z.string().optional().meta({ description: 'host:port of a local Firestore' }),
    usersCollection: z.string().meta({ example: 'users' }),
    journalCollection: z.string().meta({ example: 'trading-journal' }),
  })
  .meta({ id: 'Source', description: 'Where entries are read' }) satisfies z.ZodType<SourceBinding>;
const target = z
  .strictObject({
    table: z.string().meta({ example: 'tradebook-heatmaps' }),
    region: z.string().meta({ example: 'eu-central-1' }),
    endpoint: z.string().meta({ description: 'A URL without user, password and query' }),
    account: z
      .string()
      .optional()
      .meta({ description: 'The AWS account, if known', example: '123456789012' }),
  })
  .meta({ id: 'Target', description: 'Where items are written' }) satisfies z.ZodType<TargetBinding>;
export const sourceAndTarget = { source, target };
