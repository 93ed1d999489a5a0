import type { ErrorCode } from '@migrator/core';
import type { requests } from '@migrator/engine';
import type { Request, Response } from 'express';
import type { z } from 'zod';

import type { ApiContext } from './api-context.ts';

export const tags = {
  Runs: 'Start, watch, steer and repeat migrations',
  Verification: 'Compare entries with items',
  Rollback: 'Take migrations back',
  Watching: 'For machines that look on',
} as const;

/** In a list of runs, verifications or rollbacks. */
export const operationsOnAPage = 20;

/** A request that has passed its route's checks. */
export interface Call<Query, Body> {
  readonly request: Request;
  readonly response: Response;
  /** The operation that the path names; empty where it names none. */
  readonly id: string;
  readonly query: Query;
  readonly body: Body;
  /** How long the caller wants to wait for the end of what it starts. */
  readonly waitMs: number;
  /** Aborts when the caller has gone before its answer: it could not learn of what was started. */
  readonly caller: AbortSignal;
}

export interface Answer {
  readonly says: string;
  readonly schema?: z.ZodType;
  /** JSON by default. */
  readonly type?: string;
}

/** All there is to know about one route: what the server does with it, and what `/openapi.json` says of it. */
interface RouteRecord<Query extends z.ZodType, Body extends z.ZodType> {
  /** Its name in `/openapi.json`. */
  readonly id: string;
  readonly method: 'get' | 'post' | 'put';
  readonly path: string;
  readonly tag: keyof typeof tags;
  readonly summary: string;
  readonly description?: string;
  /** `open`: answers without a token too. `change`: a GET that starts something, which a read-only token may not. */
  readonly access?: 'open' | 'change';
  /** What the path holds; an operation's id by default. */
  readonly params?: z.ZodObject;
  /** What may stand behind the path's `?`; nothing by default. */
  readonly query?: Query;
  readonly body?: Body;
  /** Is refused with 503 while Redis does not answer. */
  readonly needsRedis?: true;
  /** `Prefer: wait=N` makes it wait for the end, by default for so many seconds. */
  readonly waits?: number;
  /** What it answers with when all is well, by status. */
  readonly answers: Readonly<Record<number, Answer>>;
  /** Codes of its own problem documents, beside those that every call may have and Redis's. */
  readonly problems?: readonly ErrorCode[];
  readonly handle: (context: ApiContext, call: Call<z.infer<Query>, z.infer<Body>>) => Promise<void> | void;
}

export type Route = RouteRecord<z.ZodObject, z.ZodObject>;

/** A record whose handler gets what its own schemas have parsed. */
export function route<
  Query extends z.ZodObject = typeof requests.noQuery,
  Body extends z.ZodObject = typeof requests.noBody,
>(record: RouteRecord<Query, Body>): Route {
  return record;
}

/** What a look at the source may show that a person has to correct. */
export const sourceProblems = [
  'SOURCE_NOT_FOUND',
  'SOURCE_ACCESS_DENIED',
  'SOURCE_INVALID',
  'SOURCE_MESSAGE_TOO_LARGE',
] as const satisfies readonly ErrorCode[];

/** And a look at the target. */
export const targetProblems = [
  'ACCESS_DENIED',
  'CREDENTIALS_NOT_FOUND',
  'CREDENTIALS_EXPIRED',
  'CREDENTIALS_REFUSED',
  'REGION_NOT_FOUND',
  'TABLE_NOT_FOUND',
  'TABLE_KEY_MISMATCH',
  'TABLE_INDEX_MISMATCH',
] as const satisfies readonly ErrorCode[];
