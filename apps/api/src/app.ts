import { createRedisSessionStore } from '@migrator/queue';
import express, { type Express, type RequestHandler } from 'express';

import { accessGuard, mayChange } from './access/access-guard.ts';
import { Attempts } from './access/attempts.ts';
import { externalAddress } from './access/external-address.ts';
import { knownHostsOnly } from './access/hosts.ts';
import { securityHeaders } from './access/security-headers.ts';
import { Sessions } from './access/sessions.ts';
import { signIn } from './access/sign-in.ts';
import { type ApiContext, redisAnswers } from './api-context.ts';
import { boardPath, bullBoard } from './bull-board.ts';
import { dashboard } from './dashboard.ts';
import { HttpError } from './http-error.ts';
import { isIdOf, kindIn } from './operation-path.ts';
import { parseQuery } from './parse-body.ts';
import { pagesCss } from './pages/pages-css.ts';
import { problems } from './problem.ts';
import { requestTelemetry } from './request-telemetry.ts';
import { type Route, routes } from './routes.ts';
import { noQuery } from './schemas.ts';

/** The whole HTTP side: who gets in, the route table, Bull Board, errors as problem documents. */
export function createApp(context: ApiContext): Express {
  const { http } = context;
  const attempts = new Attempts(http);
  const sessions = new Sessions(createRedisSessionStore(context.redis, context.prefix), http);
  const app = express();
  app.disable('x-powered-by');
  app.set('query parser', 'simple');
  app.set('trust proxy', http.trustedProxies ?? false);
  app.use(requestTelemetry(context.telemetry));
  app.use(securityHeaders());
  app.use(externalAddress(http.basePath), knownHostsOnly(http));
  app.use(accessGuard(http, attempts, sessions));
  app.get('/pages.css', (_request, response) => {
    response.set('Cache-Control', 'max-age=300').type('css').send(pagesCss);
  });
  app.use(boardPath, neverStored, needsRedis(context), bullBoard(context));
  app.use(dashboard());
  app.use(neverStored);
  app.use(signIn(http, attempts, sessions));
  app.use(requireJson, express.json({ limit: '1mb', strict: false }));
  addRoutes(app, routes(context));
  app.use((request) => {
    throw new HttpError(404, 'NOT_FOUND', `There is nothing at ${request.path}`);
  });
  app.use(problems(context.telemetry, context.redis));
  return app;
}

function addRoutes(app: Express, table: readonly Route[]): void {
  const methods = new Map<string, string[]>();
  for (const route of table) {
    const { method, path, handle } = route;
    const checks: RequestHandler[] = [checkQuery(route), checkId(route)];
    if (route.changes === true && method === 'get') checks.unshift(noHead, mayChange);
    app[method](path, ...checks, handle as RequestHandler);
    methods.set(path, [...(methods.get(path) ?? []), method.toUpperCase()]);
  }
  for (const [path, allowed] of methods) {
    app.all(path, (request, response) => {
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
    });
  }
}

/** A parameter that nobody reads would be passed over in silence, and with it what the caller wanted. */
function checkQuery({ query = noQuery }: Route): RequestHandler {
  return (request, _response, next) => {
    parseQuery(query, request.query);
    next();
  };
}

/** What can't be an operation's id goes no further: ids become part of keys in Redis. */
function checkId({ path }: Route): RequestHandler {
  const kind = kindIn(path);
  return (request, _response, next) => {
    if (kind !== undefined && !isIdOf(kind, request.params['id'])) {
      throw new HttpError(404, 'NOT_FOUND', `There is no ${kind} with this id`);
    }
    next();
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

/** Answers hold what changes and what is nobody else's business. */
const neverStored: RequestHandler = (_request, response, next) => {
  response.set('Cache-Control', 'no-store');
  next();
};

/** Bull Board itself would wait for a Redis that is away for as long as it takes. */
function needsRedis(context: ApiContext): RequestHandler {
  return async (_request, _response, next) => {
    await redisAnswers(context);
    next();
  };
}

/** A body of another type would be passed over in silence, and with it what the caller wanted. */
const requireJson: RequestHandler = (request, _response, next) => {
  const length = request.get('content-length');
  const hasBody = (length !== undefined && length !== '0') || request.get('transfer-encoding') !== undefined;
  if (hasBody && request.is('application/json') === false) {
    throw new HttpError(
      415,
      'UNSUPPORTED_MEDIA_TYPE',
      'Send the body as JSON, with Content-Type: application/json',
    );
  }
  next();
};
