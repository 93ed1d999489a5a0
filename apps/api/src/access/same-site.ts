import type { Request } from 'express';

/**
 * Whether a page of another site had a browser send this. A browser says where a request comes from; other programs
 * don't, and can't be made to send anything. `host` is the one that the browser has asked.
 */
export function comesFromAnotherSite(request: Request, host: string): boolean {
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
