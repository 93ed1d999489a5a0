import { z } from 'zod';

const documentId = z
  .string()
  .min(1)
  .refine((id) => !id.includes('/') && Buffer.byteLength(id) <= 1500, 'is no document id');

export const startBody = z.strictObject({
  dryRun: z.boolean().default(false),
  userIds: z.array(documentId).min(1).max(10_000).optional(),
  verify: z.boolean().default(true),
  prune: z.boolean().default(false),
  exclusive: z.boolean().default(false),
});

export const rollbackBody = z.strictObject({
  dryRun: z.boolean().default(true),
  migrationId: z.string().optional(),
});

export const retryBody = z.strictObject({
  userId: documentId.optional(),
  code: z.string().min(1).optional(),
});

/** Over all workers together; null: no budget. */
export const paceBody = z.strictObject({
  maxWriteUnitsPerSecond: z.number().int().min(1).max(1_000_000_000).nullable(),
});

export const noBody = z.strictObject({});

export const verifyQuery = z.strictObject({ mode: z.enum(['full', 'count']).default('full') });

export const pageQuery = z.strictObject({ cursor: z.string().max(10_000).optional() });

export const failuresQuery = z.strictObject({
  cursor: z.string().max(10_000).optional(),
  code: z.string().max(100).optional(),
});
