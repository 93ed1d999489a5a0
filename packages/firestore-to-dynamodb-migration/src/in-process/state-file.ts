import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import process from 'node:process';

import type { MigrationRequest } from '@migrator/core';
import { z } from 'zod';

import type { MigrationResult } from '../migration-result.ts';

/** From where to where; the result of another way says nothing about this one. */
export type Scope = Readonly<Record<string, string>>;

export interface LastResult {
  readonly request: MigrationRequest;
  readonly result: MigrationResult;
}

/** As much of it as is needed to know that it is one. */
const stateSchema = z.object({
  version: z.literal(1),
  scope: z.record(z.string(), z.string()),
  request: z.looseObject({
    kind: z.literal('migration'),
    dryRun: z.boolean(),
    verify: z.boolean(),
    prune: z.boolean(),
  }),
  result: z.looseObject({ migrationId: z.string(), state: z.string(), stats: z.looseObject({}) }),
});

/** The result of the last run of this scope; undefined where there is none that can be read. */
export async function readLastResult(path: string, scope: Scope): Promise<LastResult | undefined> {
  let json: unknown;
  try {
    json = JSON.parse(await readFile(path, 'utf8'));
  } catch {
    return undefined;
  }
  const parsed = stateSchema.safeParse(json);
  if (!parsed.success || !isSame(parsed.data.scope, scope)) return undefined;
  return json as LastResult;
}

/** Whole or not at all. A place that can't be written is warned of and fails nothing: what is migrated is migrated. */
export async function writeLastResult(path: string, scope: Scope, last: LastResult): Promise<void> {
  const beside = `${path}.${process.pid}.tmp`;
  try {
    await writeFile(beside, `${JSON.stringify({ version: 1, scope, ...last }, undefined, 2)}\n`);
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true }).catch(() => undefined);
    const why = error instanceof Error ? error.message : String(error);
    process.emitWarning(`The migration's result can't be kept, so the next boot migrates again: ${why}`, {
      code: 'MIGRATION_STATE_FILE',
    });
  }
}

function isSame(one: Scope, other: Scope): boolean {
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...names].every((name) => one[name] === other[name]);
}
