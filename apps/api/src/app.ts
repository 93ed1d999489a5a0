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
    throw new HttpError(404, 'NOT_FOUND', `There is nothing at ${request.path}`);
  });
  app.use(problems(context.telemetry, context.redis));
  return app;
}

/** Answers hold what changes, and what is confidential. */
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

/** The one style sheet that Bull Board's components write into the page: it hides a scroll bar. */
const bullBoardStyle = "'sha256-r2N1TB/gHbBtBZFKg7ejmq1acVSREzucTAEw6ga4hoU='";

/** Everything that a page may load comes from here: no inline scripts or styles, no other site, no frame around it. */
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
    // Not `no-referrer`: with it a browser sends its own forms with `Origin: null`, as a stranger's.
    referrerPolicy: { policy: 'same-origin' },
  });
}
