import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { open, readFile, rename, rm } from 'node:fs/promises';
import process from 'node:process';

import { type Binding, isSameBinding, messageOf, type MigrationRequest } from '@migrator/core';
import { pseudonym } from '@migrator/engine';
import { z } from 'zod';

import type { MigrationResult } from '../migration-result.ts';

export interface LastResult {
  readonly request: MigrationRequest;
  readonly result: MigrationResult;
}

const text = z.string();
const bindingSchema = z.object({
  source: z.object({
    project: text,
    database: text,
    emulator: text.exactOptional(),
    usersCollection: text,
    journalCollection: text,
  }),
  target: z.object({ table: text, region: text, endpoint: text, account: text.exactOptional() }),
  settings: z.object({ oversize: z.enum(['fail', 'gzip']) }),
}) satisfies z.ZodType<Binding>;

/** The fields that are checked when it is read. */
const stateSchema = z.object({
  version: z.literal(2),
  binding: bindingSchema,
  request: z.looseObject({
    kind: z.literal('migration'),
    dryRun: z.boolean(),
    verify: z.boolean(),
    prune: z.boolean(),
  }),
  result: z.looseObject({ migrationId: z.string(), state: z.string(), stats: z.looseObject({}) }),
});

/** The result of the last run with this binding; undefined if there is none, or it can't be read. */
export async function readLastResult(path: string, binding: Binding): Promise<LastResult | undefined> {
  let json: unknown;
  try {
    json = JSON.parse(await readFile(path, 'utf8'));
  } catch {
    return undefined;
  }
  const parsed = stateSchema.safeParse(json);
  if (!parsed.success || !isSameBinding(parsed.data.binding, binding)) return undefined;
  return json as LastResult;
}

/** A result and a request as stored under HIDE_USER_DATA: with pseudonyms of users, or without them. */
export function withoutUsers({ request, result }: LastResult): LastResult {
  const { subcollections } = result;
  return {
    request: requestWithoutUsers(request),
    result: { ...result, subcollections: subcollections && { ...subcollections, examples: [] } },
  };
}

export function requestWithoutUsers({ userIds, ...request }: MigrationRequest): MigrationRequest {
  return { ...request, userIds: userIds === undefined ? undefined : userIds.map(pseudonym) };
}

/** A new file, never an existing one or a link. */
const ownFile = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | (constants.O_NOFOLLOW ?? 0);

/**
 * Writes the file atomically. A link at the path is replaced, not followed. If the file can't be written it emits a
 * warning and does not throw: the migration has completed.
 */
export async function writeLastResult(path: string, binding: Binding, last: LastResult): Promise<void> {
  const temporary = `${path}.${randomBytes(12).toString('hex')}.tmp`;
  try {
    await using file = await open(temporary, ownFile, 0o600);
    await file.writeFile(`${JSON.stringify({ version: 2, binding, ...last }, undefined, 2)}\n`);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    const why = messageOf(error);
    process.emitWarning(`The migration's result can't be kept in its state file: ${why}`, {
      code: 'MIGRATION_STATE_FILE',
    });
  }
}
