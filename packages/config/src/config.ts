import type { Prices } from '@migrator/core';

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
    readonly tableName: string;
    readonly createTable: boolean;
  };
  readonly redis: { readonly url: string; readonly prefix: string };
  readonly http: {
    readonly host: string;
    readonly port: number;
    readonly apiToken?: string;
    readonly apiReadToken?: string;
  };
  readonly migration: {
    readonly writeMode: 'safe' | 'batch';
    readonly oversize: 'fail' | 'gzip';
    readonly userConcurrency: number;
    readonly writeConcurrency: number;
    readonly maxWriteUnitsPerSecond?: number;
    /** Reads of Firestore begin gently and grow, as Firestore asks for a cold range. */
    readonly sourceRamp: boolean;
  };
  readonly prices: Prices;
  readonly logLevel: LogLevel;
}

export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];
