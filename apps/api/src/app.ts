import { createRedisSessionStore } from '@migrator/queue';
import express, { type Express, type RequestHandler } from 'express';
import helmet from 'helmet';

import { accessGuard } from './access/access-guard.ts';
import { Attempts } from './access/attempts.ts';
import { externalAddress } from './access/external-address.ts';
import { knownHostsOnly } from './access/hosts.ts';
import { Sessions } from './access/sessions.ts';
import { signIn } from './access/sign-in.ts';
import { addRoutes } from './add-routes.ts';
import { type ApiContext, redisAnswers } from './api-context.ts';
import { boardPath, bullBoard } from './bull-board.ts';
import { dashboard } from './dashboard.ts';
import { HttpError } from './http-error.ts';
import { pagesCss } from './html-page.ts';
import { problems } from './problem.ts';
import { requestTelemetry } from './request-telemetry.ts';
import { routes } from './routes.ts';

const openPaths = routes.filter(({ access }) => access === 'open').map(({ path }) => path);

/** The Express application: access, the route table, Bull Board, errors as problem documents. */
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
  app.use(accessGuard(http, attempts, sessions, openPaths));
  app.get('/pages.css', (_request, response) => {
    response.set('Cache-Control', 'max-age=300').type('css').send(pagesCss);
  });
  app.use(boardPath, neverStored, needsRedis(context), bullBoard(context));
  app.use(dashboard());
  app.use(neverStored);
  app.use(signIn(http, attempts, sessions));
  app.use(requireJson, express.json({ limit: '1mb', strict: false }));
  addRoutes(app, routes, context);
  app.use((request) => {
    throw new HttpError(404, 'NOT_FOUND', `There is no page or call at ${request.path}`);
  });
  app.use(problems(context.telemetry, context.redis));
  return app;
}

/** Responses change and may be confidential, so they must not be cached. */
const neverStored: RequestHandler = (_request, response, next) => {
  response.set('Cache-Control', 'no-store');
  next();
};

/** Responds with 503 if Redis can't be reached; Bull Board itself would wait without a limit. */
function needsRedis(context: ApiContext): RequestHandler {
  return async (_request, _response, next) => {
    await redisAnswers(context);
    next();
  };
}

/** Rejects a body of another type, which express.json would ignore. */
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

/** The only inline style of Bull Board's components: it hides a scroll bar. */
const bullBoardStyle = "'sha256-r2N1TB/gHbBtBZFKg7ejmq1acVSREzucTAEw6ga4hoU='";

/** A page may load everything from this server only: no inline scripts or styles, no other site, no framing. */
function securityHeaders(): RequestHandler {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'", bullBoardStyle],
        imgSrc: ["'self'", 'data:'],
        fontSrc: ["'self'"],
        connectSrc: ["'self'"],
        formAction: ["'self'"],
        baseUri: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    xFrameOptions: { action: 'deny' },
    // Not `no-referrer`: with it a browser sends forms of its own origin with `Origin: null`.
    referrerPolicy: { policy: 'same-origin' },
  });
}
