import type { Request } from 'express';

/**
 * Whether a page of another site had a browser send this. A browser says where a request comes from; other programs
 * don't, and nobody can make them send anything. `host` is the one that the browser has asked.
 */
export function comesFromAnotherSite(request: Request, host: string): boolean {
  const site = request.get('sec-fetch-site');
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return true;
  // Not every browser sends the first to every address, and a GET without a script has no Origin.
  const page = request.get('origin') ?? request.get('referer');
  if (page === undefined) return false;
  return !URL.canParse(page) || new URL(page).host !== hostOf(page, host);
}

/** As `URL` writes it: in lower case, and without the scheme's own port. */
function hostOf(page: string, host: string): string | undefined {
  const url = `${new URL(page).protocol}//${host}`;
  return URL.canParse(url) ? new URL(url).host : undefined;
}
