import type { Request, RequestHandler, Response } from 'express';

import { HttpError } from '../http-error.ts';
import type { Attempts } from './attempts.ts';
import { externalAddressOf } from './external-address.ts';
import type { Sessions } from './sessions.ts';
import type { Role, Tokens } from './tokens.ts';

export const signInPath = '/sign-in';
export const signOutPath = '/sign-out';

const signInPaths = [signInPath, signOutPath, '/pages.css'];

const safeMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Accepts only requests with a token or a session. Requests that change something need the role `full`, and must not
 * come from a page of another site (CSRF). Without API_TOKEN every client has full access; the server then listens on
 * this machine only.
 */
export function accessGuard(
  tokens: Tokens,
  attempts: Attempts,
  sessions: Sessions,
  openPaths: readonly string[],
): RequestHandler {
  const open: ReadonlySet<string> = new Set([...signInPaths, ...openPaths]);
  return async (request, response, next) => {
    if (open.has(request.path)) {
      if (!safeMethods.has(request.method)) refuseOtherSites(request, response);
      next();
      return;
    }
    const role = tokens.apiToken === undefined ? 'full' : await roleOf(request, response, attempts, sessions);
    if (role === undefined) {
      if (isNavigation(request)) {
        response.redirect(303, `${signInPath}?next=${encodeURIComponent(request.url)}`);
        return;
      }
      throw unauthorized(request);
    }
    response.locals['role'] = role;
    if (!safeMethods.has(request.method)) requireMayChange(request, response);
    next();
  };
}

/** For a GET that starts an operation. */
export const mayChange: RequestHandler = (request, response, next) => {
  requireMayChange(request, response);
  next();
};

export function roleIn(response: Response): Role {
  return response.locals['role'] === 'full' ? 'full' : 'read';
}

function requireMayChange(request: Request, response: Response): void {
  refuseOtherSites(request, response);
  if (roleIn(response) === 'full') return;
  throw new HttpError(403, 'READ_ONLY', 'This token is read-only: it may not change or start anything');
}

function refuseOtherSites(request: Request, response: Response): void {
  if (comesFromAnotherSite(request, externalAddressOf(response).host)) {
    throw new HttpError(
      403,
      'CROSS_SITE',
      'Requests from pages of another site are not accepted (behind a proxy: let it send X-Forwarded-Host, and set TRUSTED_PROXIES)',
    );
  }
}

/**
 * Whether a page of another site caused the request (CSRF). Browsers send the origin of a request; other programs do
 * not, and are not subject to CSRF. `host`: the host that the browser requested.
 */
function comesFromAnotherSite(request: Request, host: string): boolean {
  const site = request.get('sec-fetch-site');
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return true;
  // Not every browser sends Sec-Fetch-Site to every address, and a GET without a script has no Origin.
  const page = request.get('origin') ?? request.get('referer');
  if (page === undefined) return false;
  if (!URL.canParse(page)) return true;
  const from = new URL(page);
  const to = `${from.protocol}//${host}`;
  if (!URL.canParse(to)) return true;
  // Some proxies forward the host without its port, so ignore the port then.
  return site === 'same-origin' ? from.hostname !== new URL(to).hostname : from.host !== new URL(to).host;
}

async function roleOf(
  request: Request,
  response: Response,
  attempts: Attempts,
  sessions: Sessions,
): Promise<Role | undefined> {
  const header = request.get('authorization');
  if (header === undefined) {
    const role = await sessions.roleOf(request);
    response.locals['signedIn'] = role !== undefined;
    return role;
  }
  const token = /^Bearer +(\S+) *$/i.exec(header)?.[1];
  return token === undefined ? undefined : attempts.roleOf(token, request.ip ?? '');
}

/** Whether the request has a session. */
export function isSignedIn(response: Response): boolean {
  return response.locals['signedIn'] === true;
}

/** Whether a browser is opening a page, rather than a program requesting data. */
export function isNavigation(request: Request): boolean {
  if (request.method !== 'GET' || request.get('authorization') !== undefined) return false;
  return (request.get('accept') ?? '').includes('text/html');
}

function unauthorized(request: Request): HttpError {
  const given = request.get('authorization') !== undefined;
  const challenge = given ? 'Bearer error="invalid_token"' : 'Bearer';
  return new HttpError(
    401,
    'UNAUTHORIZED',
    given
      ? 'Wrong token: send Authorization: Bearer with the value of API_TOKEN or API_READ_TOKEN'
      : 'Send Authorization: Bearer with the value of API_TOKEN or API_READ_TOKEN, or sign in at /sign-in',
    {},
    { 'WWW-Authenticate': challenge },
  );
}
