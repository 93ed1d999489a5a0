import type { RequestHandler } from 'express';

import { HttpError } from './http-error.ts';

/**
 * A page of another site, open in the browser of somebody who may reach this server, must not start, stop or roll back
 * anything, token or not. Browsers say where a request comes from; other programs don't and are let through.
 */
export const sameSiteOnly: RequestHandler = (request, _response, next) => {
  const changes = !['GET', 'HEAD', 'OPTIONS'].includes(request.method) || /\/verify\/?$/i.test(request.path);
  if (
    changes &&
    comesFromAnotherSite(request.get('sec-fetch-site'), request.get('origin'), request.get('host'))
  ) {
    throw new HttpError(403, 'CROSS_SITE', 'A page of another site may not do this');
  }
  next();
};

function comesFromAnotherSite(
  site: string | undefined,
  origin: string | undefined,
  host: string | undefined,
): boolean {
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return true;
  if (origin === undefined) return false;
  return !URL.canParse(origin) || new URL(origin).host !== host;
}
