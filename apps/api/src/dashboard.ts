import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import express, { type RequestHandler, Router } from 'express';

import { isSignedIn } from './access/access-guard.ts';

/** Laid out as it is served: `index.html` at `/`, what it loads below `/dashboard/`. */
const pageFolder = fileURLToPath(new URL('../page/', import.meta.url));

/** Asked for again each time, so that a page never runs with modules of another version. */
const revalidated = 'no-cache';

/** The dashboard: its page at `/`, what the page loads below `/dashboard/`. */
export function dashboard(): RequestHandler {
  const router = Router();
  const withSignOut = readFileSync(join(pageFolder, 'index.html'), 'utf8').replace(
    'id="sign-out" hidden',
    'id="sign-out"',
  );
  router.get('/', (_request, response, next) => {
    // It differs from who asks to who asks.
    response.set('Vary', 'Cookie');
    if (isSignedIn(response)) response.set('Cache-Control', revalidated).type('html').send(withSignOut);
    else next();
  });
  router.use(
    express.static(pageFolder, {
      redirect: false,
      cacheControl: false,
      setHeaders: (response) => response.setHeader('Cache-Control', revalidated),
    }),
  );
  return router;
}
