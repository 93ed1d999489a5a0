import { type Config, readConfig } from '@migrator/config';
import { isDocumentId, type MigrationRequest, secretsOf } from '@migrator/core';
import { z } from 'zod';

import type { MigrationProgress } from './migration-result.ts';

export interface ExecuteMigrationOptions {
  /** Runs even after a completed run, or one that was rolled back. */
  again?: boolean | undefined;
  /** Writes nothing; `stats` predict the result of a run. Never counts as the completed run. */
  dryRun?: boolean | undefined;
  /** Only these users; at least one. All by default. */
  userIds?: readonly string[] | undefined;
  /** Ends with a comparison of both sides, entry by entry. True by default. */
  verify?: boolean | undefined;
  /** Accept a source without entries. False by default, because the cause is mostly a mistyped name. */
  allowEmpty?: boolean | undefined;
  /** Removes migrated items whose entry was deleted in Firestore. */
  prune?: boolean | undefined;
  /**
   * With `prune`: how many items may be removed, the `stats.prunedCount` of a dry run. Required if that is more than
   * 10 % of the table's migrated items (at least 10).
   */
  pruneCount?: number | undefined;
  /** Overrides REDIS_URL. */
  redisUrl?: string | undefined;
  /** `false`: without Redis, in this process, even if REDIS_URL is set. */
  redis?: false | undefined;
  /**
   * Without Redis: the file that stores the result of the last run; `false`: it is recorded only on the table.
   * `.firestore-to-dynamodb-migration.json` in the working directory by default.
   */
  stateFile?: string | false | undefined;
  /**
   * Read instead of `process.env`. Except credentials, which the SDKs of Google and AWS read from `process.env`.
   */
  env?: Readonly<Record<string, string | undefined>> | undefined;
  /** Ends the call, which rejects with ABORTED. */
  signal?: AbortSignal | undefined;
  /** Called about once a second. */
  onProgress?: ((progress: MigrationProgress) => void) | undefined;
}

/** The options and the environment, checked. */
export interface ResolvedOptions {
  readonly config: Config;
  readonly overQueue: boolean;
  readonly request: MigrationRequest;
  readonly again: boolean;
  /** Absent: no file. */
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

/** Variables of the application itself, which are ignored here. */
const ignoredVariables = [
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
 * Throws a TypeError for invalid or unknown options (a mistyped `dryrun` must not write), a ConfigError for an invalid
 * variable.
 */
export function readOptions(options: ExecuteMigrationOptions): ResolvedOptions {
  const parsed = optionsSchema.safeParse(options);
  if (!parsed.success) throw new TypeError(`executeMigration's options: ${describe(parsed.error)}`);
  const { again = false, stateFile = defaultStateFile, signal, onProgress, ...given } = parsed.data;
  const env: Record<string, string | undefined> = { ...(given.env ?? process.env) };
  for (const name of ignoredVariables) delete env[name];
  if (given.redisUrl !== undefined) env['REDIS_URL'] = given.redisUrl;
  if (given.redis === false && given.redisUrl !== undefined) {
    throw new TypeError("executeMigration's options: redisUrl and redis: false contradict each other");
  }
  if (given.pruneCount !== undefined && given.prune !== true) {
    throw new TypeError("executeMigration's options: pruneCount requires prune: true");
  }
  const config = readConfig(env);
  return {
    // The SDKs of Google and AWS read their secrets from the process's environment.
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
