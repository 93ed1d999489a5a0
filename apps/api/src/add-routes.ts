import { requests } from '@migrator/engine';
import type { Express, Request, RequestHandler, Response } from 'express';
import type { z } from 'zod';

import { mayChange } from './access/access-guard.ts';
import { type ApiContext, redisAnswers } from './api-context.ts';
import { HttpError } from './http-error.ts';
import { isIdOf, kindIn } from './operation-path.ts';
import type { Route } from './route.ts';

/** Adds every route with its checks, and a 405 for other methods of its path. */
export function addRoutes(app: Express, table: readonly Route[], context: ApiContext): void {
  for (const route of table) {
    const checks = route.access === 'change' ? [noHead, mayChange] : [];
    app[route.method](route.path, ...checks, handlerOf(route, context));
  }
  for (const [path, routes] of Map.groupBy(table, (route) => route.path))
    app.all(path, otherMethods(routes.map(({ method }) => method.toUpperCase())));
}

/** Checks the whole request before any call of Redis. */
function handlerOf(route: Route, context: ApiContext): RequestHandler {
  const { query = requests.noQuery, body = requests.noBody, waits = 0 } = route;
  const kind = kindIn(route.path);
  return async (request, response) => {
    // An unknown parameter is an error: ignoring it could do something else than intended.
    const parsedQuery = parse(query, request.query, 'query');
    const id = String(request.params['id'] ?? '');
    // Reject what can't be an operation's id, because ids become part of Redis keys.
    if (kind !== undefined && !isIdOf(kind, id))
      throw new HttpError(404, 'NOT_FOUND', `There is no ${kind} with this id`);
    if (route.params !== undefined) parse(route.params, request.params, 'path');
    // A missing body counts as empty; a body of `null` does not.
    const given: unknown = request.body === undefined ? {} : request.body;
    const parsedBody = route.body === undefined ? {} : parse(body, given, 'body');
    if (route.needsRedis) await redisAnswers(context);
    const waitMs = preferredWaitMs(request, waits);
    const caller = signalOfDisconnect(response);
    await route.handle(context, {
      request,
      response,
      id,
      query: parsedQuery,
      body: parsedBody,
      waitMs,
      caller,
    });
  };
}

/** Express handles HEAD like GET, which must not start anything. */
const noHead: RequestHandler = (request, response, next) => {
  if (request.method !== 'HEAD') {
    next();
    return;
  }
  response.set('Allow', 'GET, OPTIONS');
  throw new HttpError(
    405,
    'METHOD_NOT_ALLOWED',
    `HEAD is not allowed for ${request.path}, which starts an operation`,
  );
};

function otherMethods(allowed: readonly string[]): RequestHandler {
  return (request, response) => {
    response.set('Allow', [...allowed, 'OPTIONS'].join(', '));
    if (request.method === 'OPTIONS') {
      response.status(204).end();
      return;
    }
    const use = allowed.join(' or ');
    throw new HttpError(
      405,
      'METHOD_NOT_ALLOWED',
      `${request.method} is not allowed for ${request.path}; use ${use}`,
    );
  };
}

/** Parses the value with the schema. Throws a 400 that names the field. */
function parse<T>(schema: z.ZodType<T>, value: unknown, where: 'body' | 'path' | 'query'): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const errors = result.error.issues.map((issue) => ({
    field:
      [...issue.path, ...(issue.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [])].join('.') ||
      where,
    message: issue.code === 'unrecognized_keys' ? 'is not a known field' : issue.message,
  }));
  const detail = errors.map(({ field, message }) => `${field}: ${message}`).join('; ');
  const isCursor = errors.every(({ field }) => field === 'cursor');
  throw new HttpError(400, isCursor ? 'INVALID_CURSOR' : 'INVALID_REQUEST', `Invalid ${where}: ${detail}`, {
    errors,
  });
}

const longestSeconds = 3_600;

/**
 * Milliseconds of `Prefer: wait=N` (RFC 7240), or of the default. An invalid preference is ignored, as the RFC
 * requires.
 */
function preferredWaitMs(request: Request, defaultSeconds: number): number {
  const match = /(?:^|[,;\s])wait\s*=\s*"?(\d+)"?(?:$|[,;\s])/i.exec(request.get('prefer') ?? '');
  return Math.min(match === null ? defaultSeconds : Number(match[1]), longestSeconds) * 1_000;
}

function signalOfDisconnect(response: Response): AbortSignal {
  const disconnected = new AbortController();
  response.on('close', () => {
    if (!response.writableEnded) disconnected.abort(new Error('the caller has disconnected'));
  });
  if (response.closed) disconnected.abort(new Error('the caller has disconnected'));
  return disconnected.signal;
}
