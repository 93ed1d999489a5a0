import type { Prices } from '@migrator/core';

import type { TrustedProxies } from './address-list.ts';

/** The validated configuration, created once by a composition root. */
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
    /** A URL that `parseRedisUrl` accepts. */
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
    /** The path prefix for browsers, without a slash at the end; a proxy's X-Forwarded-Prefix is put before it. */
    readonly basePath?: string;
    /** The proxies whose forwarding headers are trusted; none by default. */
    readonly trustedProxies?: TrustedProxies;
    /** Further host names of the API. */
    readonly allowedHosts?: readonly string[];
  };
  /** The URL for notices about ends and pauses, and the key that signs them. */
  readonly notify?: { readonly url: string; readonly secret: string };
  readonly migration: {
    readonly oversize: 'fail' | 'gzip';
    readonly userConcurrency: number;
    readonly writeConcurrency: number;
    readonly maxWriteUnitsPerSecond?: number;
    /** Ramp up reads of Firestore, as Firestore recommends for a cold range. */
    readonly sourceRamp: boolean;
  };
  readonly prices: Prices;
  /** All secrets of the environment, to be redacted in logs, jobs, responses and errors. */
  readonly secrets: readonly string[];
  readonly logLevel: LogLevel;
  /** Keep user ids and contents of entries out of jobs, logs and responses. */
  readonly hideUserData: boolean;
}

export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];
