import type { ErrorCode } from '@migrator/core';
import type { requests } from '@migrator/engine';
import type { Request, Response } from 'express';
import type { z } from 'zod';

import type { ApiContext } from './api-context.ts';

export const tags = {
  Runs: 'Start, monitor, control and retry migrations',
  Verification: 'Compare entries with items',
  Rollback: 'Roll back migrations',
  Watching: 'For monitoring',
} as const;

/** In a list of runs, verifications or rollbacks. */
export const operationsOnAPage = 20;

/** A validated request. */
export interface Call<Query, Body> {
  readonly request: Request;
  readonly response: Response;
  /** The operation's id in the path; empty if there is none. */
  readonly id: string;
  readonly query: Query;
  readonly body: Body;
  /** Milliseconds to wait for the end of the operation that the call starts. */
  readonly waitMs: number;
  /** Aborts when the caller disconnects before the response. */
  readonly caller: AbortSignal;
}

export interface Answer {
  readonly description: string;
  readonly schema?: z.ZodType;
  /** JSON by default. */
  readonly type?: string;
}

/** One route: its handler and its description in `/openapi.json`. */
interface RouteRecord<Query extends z.ZodType, Body extends z.ZodType> {
  /** Its name in `/openapi.json`. */
  readonly id: string;
  /** `get` by default. */
  readonly method?: 'get' | 'post' | 'put';
  readonly path: string;
  readonly tag: keyof typeof tags;
  readonly summary: string;
  readonly description?: string;
  /** `open`: needs no token. `change`: a GET that starts an operation, so a read-only token is not enough. */
  readonly access?: 'open' | 'change';
  /** The path parameters; an operation's id by default. */
  readonly params?: z.ZodObject;
  /** The query parameters; none by default. */
  readonly query?: Query;
  readonly body?: Body;
  /** Responds with 503 while Redis can't be reached; true by default. */
  readonly needsRedis?: boolean;
  /** Supports `Prefer: wait=N`; the default, in seconds. */
  readonly waits?: number;
  /** The successful responses, by status. */
  readonly answers: Readonly<Record<number, Answer>>;
  /** Codes of its error responses, in addition to those of every call and of Redis. */
  readonly problems?: readonly ErrorCode[];
  readonly handle: (context: ApiContext, call: Call<z.infer<Query>, z.infer<Body>>) => Promise<void> | void;
}

interface CompleteRoute<Query extends z.ZodType, Body extends z.ZodType> extends RouteRecord<Query, Body> {
  readonly method: 'get' | 'post' | 'put';
  readonly needsRedis: boolean;
}

export type Route = CompleteRoute<z.ZodObject, z.ZodObject>;

/** Builds a route whose handler gets the values parsed by its schemas. */
export function route<
  Query extends z.ZodObject = typeof requests.noQuery,
  Body extends z.ZodObject = typeof requests.noBody,
>(record: RouteRecord<Query, Body>): Route {
  const complete: CompleteRoute<Query, Body> = { method: 'get', needsRedis: true, ...record };
  return complete;
}

/** Codes of a check of the source that an operator has to correct. */
export const sourceProblems = [
  'SOURCE_NOT_FOUND',
  'SOURCE_ACCESS_DENIED',
  'SOURCE_INVALID',
  'SOURCE_MESSAGE_TOO_LARGE',
] as const satisfies readonly ErrorCode[];

/** The same for the target. */
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
