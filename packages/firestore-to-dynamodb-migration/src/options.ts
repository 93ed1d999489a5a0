import { type Config, readConfig } from '@migrator/config';
import { isDocumentId, type MigrationRequest, secretsOf } from '@migrator/core';
import { z } from 'zod';

import type { MigrationProgress } from './migration-result.ts';

export interface ExecuteMigrationOptions {
  /** Runs although a run has completed, or was rolled back. */
  again?: boolean | undefined;
  /** Writes nothing; `stats` tell what a run would do. Never counts as the completed run. */
  dryRun?: boolean | undefined;
  /** Only these users; at least one. All by default. */
  userIds?: readonly string[] | undefined;
  /** Ends with a comparison of both sides, entry by entry. True by default. */
  verify?: boolean | undefined;
  /** Accept a source without entries. False by default, because the cause is mostly a mistyped name. */
  allowEmpty?: boolean | undefined;
  /** Removes migrated items whose entry is gone from Firestore. */
  prune?: boolean | undefined;
  /**
   * With `prune`: how many items may go, as a dry run's `stats.prunedCount` tells. Needed where it is more than 10 % of the
   * table's migrated items (at least 10).
   */
  pruneCount?: number | undefined;
  /** Over REDIS_URL. */
  redisUrl?: string | undefined;
  /** `false`: without Redis, in this very process, even if REDIS_URL is set. */
  redis?: false | undefined;
  /**
   * Without Redis: where the result of the last run is kept, for the next boot; `false`: only on the table.
   * `.firestore-to-dynamodb-migration.json` in the working directory by default.
   */
  stateFile?: string | false | undefined;
  /**
   * Read instead of `process.env`. Credentials are found by the SDKs of Google and AWS, which know `process.env` only.
   */
  env?: Readonly<Record<string, string | undefined>> | undefined;
  /** Ends the call, which rejects with ABORTED. */
  signal?: AbortSignal | undefined;
  /** Called about once a second. */
  onProgress?: ((progress: MigrationProgress) => void) | undefined;
}

/** What a call comes to, checked. */
export interface ResolvedOptions {
  readonly config: Config;
  readonly overQueue: boolean;
  readonly request: MigrationRequest;
  readonly again: boolean;
  /** Absent: kept nowhere. */
  readonly stateFile?: string;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: MigrationProgress) => void;
}

const defaultStateFile = '.firestore-to-dynamodb-migration.json';

const flag = z.boolean().optional();
const documentId = z.string().refine(isDocumentId, 'is no document id');

const optionsSchema = z.strictObject({
  again: flag,
  dryRun: flag,
  userIds: z.array(documentId).min(1).optional(),
  verify: flag,
  prune: flag,
  pruneCount: z.int().min(0).optional(),
  allowEmpty: flag,
  redisUrl: z.string().optional(),
  redis: z.literal(false).optional(),
  stateFile: z.union([z.string().min(1), z.literal(false)]).optional(),
  env: z.record(z.string(), z.string().optional()).optional(),
  signal: z.instanceof(AbortSignal).optional(),
  onProgress: z
    .custom<(progress: MigrationProgress) => void>((value) => typeof value === 'function')
    .optional(),
});

/** These are the application's own where this runs in its process: no value of theirs is a mistake. */
const notOurs = [
  'HOST',
  'PORT',
  'API_TOKEN',
  'API_READ_TOKEN',
  'BASE_PATH',
  'TRUSTED_PROXIES',
  'ALLOWED_HOSTS',
  'LOG_LEVEL',
];

/**
 * Throws a TypeError for options of another shape (a mistyped `dryrun` must not write), a ConfigError for a variable
 * that holds a wrong value.
 */
export function readOptions(options: ExecuteMigrationOptions): ResolvedOptions {
  const parsed = optionsSchema.safeParse(options);
  if (!parsed.success) throw new TypeError(`executeMigration's options: ${describe(parsed.error)}`);
  const { again = false, stateFile = defaultStateFile, signal, onProgress, ...given } = parsed.data;
  const env: Record<string, string | undefined> = { ...(given.env ?? process.env) };
  for (const name of notOurs) delete env[name];
  if (given.redisUrl !== undefined) env['REDIS_URL'] = given.redisUrl;
  if (given.redis === false && given.redisUrl !== undefined) {
    throw new TypeError("executeMigration's options: redisUrl and redis: false contradict each other");
  }
  if (given.pruneCount !== undefined && given.prune !== true) {
    throw new TypeError("executeMigration's options: pruneCount requires prune: true");
  }
  const config = readConfig(env);
  return {
    // The SDKs of Google and AWS read theirs from the process's environment.
    config: { ...config, secrets: [...new Set([...config.secrets, ...secretsOf(process.env)])] },
    overQueue: given.redis !== false && Boolean(env['REDIS_URL']),
    request: {
      kind: 'migration',
      dryRun: given.dryRun ?? false,
      userIds: given.userIds === undefined ? undefined : [...new Set(given.userIds)],
      verify: given.verify ?? true,
      prune: given.prune ?? false,
      pruneCount: given.pruneCount,
      allowEmpty: given.allowEmpty ?? false,
    },
    again,
    ...(stateFile === false ? {} : { stateFile }),
    signal,
    onProgress,
  };
}

function describe(error: z.ZodError): string {
  return error.issues
    .map(({ path, message }) => [path.join('.'), message].filter(Boolean).join(': '))
    .join('; ');
}
