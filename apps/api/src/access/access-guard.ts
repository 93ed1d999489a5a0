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
 * Lets in only requests with a token, or a session that a token opened. Of these, only those with the full token may
 * send what changes something, and no page of another site on their behalf. Without an API_TOKEN everybody who can
 * reach the server (this machine only) may do everything.
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

/** For a GET that changes something after all. */
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
  throw new HttpError(403, 'READ_ONLY', 'This token may look at everything, and change or start nothing');
}

function refuseOtherSites(request: Request, response: Response): void {
  if (comesFromAnotherSite(request, externalAddressOf(response).host)) {
    throw new HttpError(
      403,
      'CROSS_SITE',
      'A page of another site may not do this (behind a proxy: let it send X-Forwarded-Host, and set TRUSTED_PROXIES)',
    );
  }
}

/**
 * Whether a page of another site had a browser send this. A browser says where a request comes from; other programs
 * don't, and can't be made to send anything. `host` is the one that the browser has asked.
 */
function comesFromAnotherSite(request: Request, host: string): boolean {
  const site = request.get('sec-fetch-site');
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return true;
  // Not every browser sends the first to every address, and a GET without a script has no Origin.
  const page = request.get('origin') ?? request.get('referer');
  if (page === undefined) return false;
  if (!URL.canParse(page)) return true;
  const from = new URL(page);
  const to = `${from.protocol}//${host}`;
  if (!URL.canParse(to)) return true;
  // Many a proxy passes the host on without its port; then the browser's own word stands for that.
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

/** Whether the request comes with a session, which can be ended. */
export function isSignedIn(response: Response): boolean {
  return response.locals['signedIn'] === true;
}

/** A browser opens a page, rather than a program asking for data. */
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
      ? 'This is no token of this server: send Authorization: Bearer with the value of API_TOKEN or API_READ_TOKEN'
      : 'Send Authorization: Bearer with the value of API_TOKEN or API_READ_TOKEN, or sign in at /sign-in',
    {},
    { 'WWW-Authenticate': challenge },
  );
}
