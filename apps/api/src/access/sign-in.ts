import express, { type Request, type RequestHandler, type Response, Router } from 'express';
import { escapeHtml } from '@migrator/core';

import { HttpError } from '../http-error.ts';
import { page } from '../html-page.ts';
import { signInPath, signOutPath } from './access-guard.ts';
import type { Attempts } from './attempts.ts';
import { externalAddressOf } from './external-address.ts';
import type { Sessions } from './sessions.ts';
import type { Tokens } from './tokens.ts';

/** The pages to sign in (exchange a token for a session) and to sign out. */
export function signIn(tokens: Tokens, attempts: Attempts, sessions: Sessions): Router {
  const router = Router();
  const readForm = express.urlencoded({ limit: '16kb', extended: false });

  const show = (): RequestHandler => async (request, response) => {
    if (tokens.apiToken === undefined) {
      response.redirect(303, '/');
      return;
    }
    const next = ownPath(request.query['next']);
    // Show the form even if Redis can't be reached.
    const role = await sessions.roleOf(request).catch(() => undefined);
    if (role !== undefined) response.type('html').send(signedIn(response, role, next));
    // The form posts to the address that it is shown at.
    else if (request.path === signOutPath) response.redirect(303, signInPath);
    else response.type('html').send(form(response, next));
  };

  const take = (): RequestHandler => async (request: Request, response) => {
    const { token, next } = (request.body ?? {}) as { token?: unknown; next?: unknown };
    const wanted = ownPath(next);
    try {
      const role =
        typeof token === 'string' ? await attempts.roleOf(token.trim(), request.ip ?? '') : undefined;
      if (role === undefined) {
        response
          .status(401)
          .type('html')
          .send(form(response, wanted, 'Wrong token.'));
        return;
      }
      await sessions.open(request, response, role);
      response.redirect(303, wanted);
    } catch (error) {
      if (!(error instanceof HttpError)) throw error;
      response
        .status(error.status)
        .set(error.headers)
        .type('html')
        .send(form(response, wanted, error.message));
    }
  };

  const signOut = (): RequestHandler => async (request, response) => {
    await sessions.close(request, response);
    response.redirect(303, signInPath);
  };

  router.get(signInPath, show());
  router.post(signInPath, readForm, take());
  router.get(signOutPath, show());
  router.post(signOutPath, signOut());
  return router;
}

/** The page after the sign-in. Only a path of this server, because the link may be forged. */
function ownPath(next: unknown): string {
  const base = 'http://here.invalid';
  if (typeof next !== 'string' || !URL.canParse(next, base)) return '/';
  const url = new URL(next, base);
  return url.origin === base && !url.pathname.startsWith('//') ? url.pathname + url.search : '/';
}

/**
 * Without an `action` it posts to its own address, with what stands behind the # there: a browser carries that through
 * redirects, so that a link into the dashboard survives.
 */
function form(response: Response, next: string, complaint?: string): string {
  const { basePath } = externalAddressOf(response);
  return page(
    'Sign in',
    `<main class="narrow"><h1>Journal migration</h1>
    ${complaint === undefined ? '' : `<p class="complaint" role="alert">${escapeHtml(complaint)}</p>`}
    <form method="post">
      <input type="hidden" name="next" value="${escapeHtml(next)}">
      <label for="token">Token (API_TOKEN or API_READ_TOKEN)</label>
      <input id="token" name="token" type="password" required autofocus autocomplete="current-password">
      <button>Sign in</button>
    </form></main>`,
    { basePath },
  );
}

function signedIn(response: Response, role: 'full' | 'read', next: string): string {
  const { basePath } = externalAddressOf(response);
  const may = role === 'full' ? 'everything' : 'reading everything';
  return page(
    'Signed in',
    `<main class="narrow"><h1>Journal migration</h1>
    <p>This browser is signed in, for ${may}.</p>
    <p><a href="${basePath}${escapeHtml(next)}">Continue</a></p></main>`,
    { basePath, signOut: true },
  );
}
