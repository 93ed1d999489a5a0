import type { Request } from 'express';

/**
 * Whether a page of another site had a browser send this. A browser says where a request comes from; other programs
 * don't, and nobody can make them send anything.
 */
export function comesFromAnotherSite(request: Request): boolean {
  const site = request.get('sec-fetch-site');
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return true;
  const origin = request.get('origin');
  if (origin === undefined) return false;
  return !URL.canParse(origin) || new URL(origin).host !== request.get('host');
}
