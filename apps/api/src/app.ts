import express, { type Express } from 'express';

import { type ApiContext, redisAnswers } from './api-context.ts';
import { boardPath, bullBoard } from './bull-board.ts';
import { HttpError } from './http-error.ts';
import { problems } from './problem.ts';
import { routes } from './routes.ts';
import { sameSiteOnly } from './same-site-only.ts';

/** The whole HTTP side: the route table, Bull Board, errors as problem documents. */
export function createApp(context: ApiContext, log: (error: unknown) => void): Express {
  const app = express();
  app.disable('x-powered-by');
  app.set('query parser', 'simple');
  app.use(sameSiteOnly);
  app.use(boardPath, needsRedis(context), bullBoard(context.queues));
  app.use(requireJson, express.json({ limit: '1mb', strict: false }));
  const table = routes(context);
  const methods = new Map<string, string[]>();
  for (const { method, path, handle } of table) {
    app[method](path, handle as express.RequestHandler);
    methods.set(path, [...(methods.get(path) ?? []), method.toUpperCase()]);
  }
  for (const [path, allowed] of methods) {
    app.all(path, (request, response) => {
      response.set('Allow', allowed.join(', '));
      throw new HttpError(
        405,
        'METHOD_NOT_ALLOWED',
        `${request.method} is not for ${request.path}; use ${allowed.join(' or ')}`,
      );
    });
  }
  app.use((request) => {
    throw new HttpError(404, 'NOT_FOUND', `There is nothing at ${request.path}`);
  });
  app.use(problems(log));
  return app;
}

/** Bull Board itself would wait for a Redis that is away for as long as it takes. */
function needsRedis(context: ApiContext): express.RequestHandler {
  return async (_request, _response, next) => {
    await redisAnswers(context);
    next();
  };
}

/** A body of another type would be passed over in silence, and with it what the caller wanted. */
const requireJson: express.RequestHandler = (request, _response, next) => {
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
