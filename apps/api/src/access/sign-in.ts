import express, { type Request, type RequestHandler, Router } from 'express';

import { HttpError } from '../http-error.ts';
import { escapeHtml, page } from '../pages/page.ts';
import { signInPath } from './access-guard.ts';
import type { Attempts } from './attempts.ts';
import { closeSession, openSession } from './session.ts';
import type { Tokens } from './tokens.ts';

export const signOutPath = '/sign-out';

/** The page on which a browser hands in its token for a session. */
export function signIn(tokens: Tokens, attempts: Attempts): Router {
  const router = Router();
  const readForm = express.urlencoded({ limit: '16kb', extended: false });

  const show: RequestHandler = (request, response) => {
    if (tokens.apiToken === undefined) response.redirect(303, '/');
    else response.type('html').send(form(ownPath(request.query['next'])));
  };

  const take = (): RequestHandler => async (request: Request, response) => {
    const { token, next } = (request.body ?? {}) as { token?: unknown; next?: unknown };
    const wanted = ownPath(next);
    try {
      const address = request.socket.remoteAddress ?? '';
      const role = typeof token === 'string' ? await attempts.roleOf(token.trim(), address) : undefined;
      if (role === undefined) {
        response.status(401).type('html').send(form(wanted, 'This is not the token.'));
        return;
      }
      openSession(request, response, tokens, role);
      response.redirect(303, wanted);
    } catch (error) {
      if (!(error instanceof HttpError)) throw error;
      response.status(error.status).set(error.headers).type('html').send(form(wanted, error.message));
    }
  };

  router.get(signInPath, show);
  router.post(signInPath, readForm, take());
  router.post(signOutPath, (request, response) => {
    closeSession(request, response);
    response.redirect(303, signInPath);
  });
  return router;
}

/** Where to go after signing in: a path of this server, whatever somebody has put into the link. */
function ownPath(next: unknown): string {
  const base = 'http://here.invalid';
  if (typeof next !== 'string' || !URL.canParse(next, base)) return '/';
  const url = new URL(next, base);
  return url.origin === base && !url.pathname.startsWith('//') ? url.pathname + url.search : '/';
}

function form(next: string, complaint?: string): string {
  return page(
    'Sign in',
    `<main class="narrow"><h1>Journal migration</h1>
    ${complaint === undefined ? '' : `<p class="complaint" role="alert">${escapeHtml(complaint)}</p>`}
    <form method="post" action="${signInPath}">
      <input type="hidden" name="next" value="${escapeHtml(next)}">
      <label for="token">Token (API_TOKEN or API_READ_TOKEN)</label>
      <input id="token" name="token" type="password" required autofocus autocomplete="current-password">
      <button>Sign in</button>
    </form></main>`,
  );
}
