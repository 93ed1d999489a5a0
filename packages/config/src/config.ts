import type { Prices } from '@migrator/core';

import type { TrustedProxies } from './address-list.ts';

/** What the environment says, checked. Made once, by a composition root. */
export interface Config {
  readonly google: {
    readonly projectId?: string;
    readonly emulatorHost?: string;
    readonly databaseId: string;
    readonly usersCollection: string;
    readonly journalCollection: string;
  };
  readonly aws: {
    readonly region?: string;
    readonly endpoint?: string;
    /** A PEM file: certificate authorities trusted for AWS, in addition to Node's. */
    readonly caFile?: string;
    readonly tableName: string;
    readonly createTable: boolean;
  };
  readonly redis: {
    /** One that `parseRedisUrl` reads. */
    readonly url: string;
    readonly prefix: string;
    /** PEM files: the certificate authorities trusted for Redis, and this process's certificate and key. */
    readonly tls: { readonly ca?: string; readonly cert?: string; readonly key?: string };
  };
  readonly http: {
    readonly host: string;
    readonly port: number;
    readonly apiToken?: string;
    readonly apiReadToken?: string;
    /** The path that browsers find it below, without a slash at the end; a proxy's X-Forwarded-Prefix goes before it. */
    readonly basePath?: string;
    /** The proxies whose forwarding headers are trusted; none by default. */
    readonly trustedProxies?: TrustedProxies;
    /** Further names that it is reached by. */
    readonly allowedHosts?: readonly string[];
  };
  /** Where to tell of ends and pauses, and the key that signs it. */
  readonly notify?: { readonly url: string; readonly secret: string };
  readonly migration: {
    readonly oversize: 'fail' | 'gzip';
    readonly userConcurrency: number;
    readonly writeConcurrency: number;
    readonly maxWriteUnitsPerSecond?: number;
    /** Reads of Firestore begin gently and grow, as Firestore asks for a cold range. */
    readonly sourceRamp: boolean;
  };
  readonly prices: Prices;
  /** What no log, job, answer or error may hold: all secrets of the environment, known to the product or not. */
  readonly secrets: readonly string[];
  readonly logLevel: LogLevel;
  /** User ids and contents of entries stay out of jobs, logs and answers. */
  readonly hideUserData: boolean;
}

export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];
