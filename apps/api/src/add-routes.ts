import { requests } from '@migrator/engine';
import type { Express, RequestHandler } from 'express';

import { mayChange } from './access/access-guard.ts';
import { type ApiContext, redisAnswers } from './api-context.ts';
import { HttpError } from './http-error.ts';
import { isIdOf, kindIn } from './operation-path.ts';
import { parseBody, parsePath, parseQuery } from './parse-request.ts';
import { preferredWaitMs } from './prefer-wait.ts';
import type { Route } from './route.ts';

/** Every route with its checks, and a 405 for the methods that a path does not have. */
export function addRoutes(app: Express, table: readonly Route[], context: ApiContext): void {
  const methods = new Map<string, string[]>();
  for (const route of table) {
    const { method, path } = route;
    const checks = route.access === 'change' ? [noHead, mayChange] : [];
    app[method](path, ...checks, handlerOf(route, context));
    methods.set(path, [...(methods.get(path) ?? []), method.toUpperCase()]);
  }
  for (const [path, allowed] of methods) app.all(path, otherMethods(allowed));
}

/** The request is checked as a whole before Redis is asked for anything. */
function handlerOf(route: Route, context: ApiContext): RequestHandler {
  const { query = requests.noQuery, body = requests.noBody, waits = 0 } = route;
  const kind = kindIn(route.path);
  const handle = route.handle(context);
  return async (request, response) => {
    // A parameter that is not read would be ignored in silence, and with it what the caller wanted.
    const parsedQuery = parseQuery(query, request.query);
    const id = String(request.params['id'] ?? '');
    // What can't be an operation's id goes no further: ids become part of keys in Redis.
    if (kind !== undefined && !isIdOf(kind, id))
      throw new HttpError(404, 'NOT_FOUND', `There is no ${kind} with this id`);
    if (route.params !== undefined) parsePath(route.params, request.params);
    const parsedBody = route.body === undefined ? {} : parseBody(body, request.body);
    if (route.needsRedis === true) await redisAnswers(context);
    const waitMs = preferredWaitMs(request, waits);
    await handle({ request, response, id, query: parsedQuery, body: parsedBody, waitMs });
  };
}

/** Express answers HEAD with what GET does, which must not be to start something. */
const noHead: RequestHandler = (request, response, next) => {
  if (request.method !== 'HEAD') {
    next();
    return;
  }
  response.set('Allow', 'GET, OPTIONS');
  throw new HttpError(405, 'METHOD_NOT_ALLOWED', `HEAD is not for ${request.path}, which starts something`);
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
      `${request.method} is not for ${request.path}; use ${use}`,
    );
  };
}
