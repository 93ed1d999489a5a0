import { randomUUID } from 'node:crypto';

import type { Log } from '@migrator/runtime';
import type { Request, RequestHandler, Response } from 'express';

import type { ApiTelemetry } from './api-context.ts';

/** Gives each request an id, a log line, metrics and, if traces are on, a span. */
export function requestTelemetry({ log, metrics, tracing }: ApiTelemetry): RequestHandler {
  return (request, response, next) => {
    const begin = performance.now();
    const requestId = idOf(request);
    response.set('X-Request-Id', requestId);
    const ended = Promise.withResolvers<number>();
    tracing.request(
      { method: request.method, route: () => routeOf(request), headers: request.headers },
      ended.promise,
      () => {
        const requestLog = log?.child({ request: requestId, ...tracing.current() });
        response.locals['log'] = requestLog;
        response.on('close', () => {
          const seconds = (performance.now() - begin) / 1_000;
          const { statusCode: status } = response;
          const route = routeOf(request);
          metrics.request({ method: request.method, route, status }, seconds);
          if (requestLog !== undefined) writeLine(requestLog, request, response, route, seconds);
          ended.resolve(status);
        });
        next();
      },
    );
  };
}

/** The log of this request: its lines carry its id. */
export function logIn(response: Response): Log | undefined {
  return response.locals['log'] as Log | undefined;
}

function writeLine(log: Log, request: Request, response: Response, route: string, seconds: number): void {
  const { statusCode: status } = response;
  const run = runOf(request, response);
  const fields = {
    method: request.method,
    route,
    status,
    ms: Math.round(seconds * 1_000),
    ...(run && { run }),
  };
  // Successful reads are frequent: log them at debug level only.
  if (status >= 500) log.error(fields, 'request failed');
  else if (status === 401 || status === 403 || status === 429) log.warn(fields, 'request refused');
  else if (['GET', 'HEAD', 'OPTIONS'].includes(request.method) && !('location' in response.getHeaders()))
    log.debug(fields, 'request');
  else log.info(fields, 'request');
}

/** The operation's id in the response's Location or in the path. */
function runOf(request: Request, response: Response): string | undefined {
  const location = response.get('location');
  const pointed = /\/((?:migration|verification|rollback)-\d{8}T\d{9}Z)$/.exec(location ?? '')?.[1];
  const requested = (request.params as Record<string, string> | undefined)?.['id'];
  return (
    pointed ?? (requested !== undefined && /^[a-z]+-\d{8}T\d{9}Z$/.test(requested) ? requested : undefined)
  );
}

/** The route's path, not the requested one, to limit the number of label values. */
function routeOf(request: Request): string {
  const path: unknown = (request.route as { path?: unknown } | undefined)?.path;
  if (request.baseUrl !== '') return request.baseUrl;
  return typeof path === 'string' ? path : 'other';
}

function idOf(request: Request): string {
  const given = request.get('x-request-id');
  return given !== undefined && /^[\w.-]{1,64}$/.test(given) ? given : randomUUID();
}
