import { parseBasePath } from '@migrator/config';
import type { Request, RequestHandler, Response } from 'express';

import { basePath as apiPath } from '../api-context.ts';

/** Where a browser finds this server, through the proxies before it. */
export interface ExternalAddress {
  /** What stands before each of our paths: empty, or `/tools/migrator`. */
  readonly basePath: string;
  /** `migrator.example.com:8443` */
  readonly host: string;
  /** A proxy that we believe has told the host. */
  readonly isForwarded: boolean;
}

/** Paths of ours that a base path could be taken for: `/api` is the begin of one. */
const ownPaths = [apiPath, '/admin/queues', '/dashboard', '/docs', '/sign-in', '/sign-out'];

/**
 * Finds out where the browser is, and lets everything behind it work with paths as they are without a proxy: what comes in
 * loses the base path, if the proxy has left it there; Location and links in answers get it.
 */
export function externalAddress(configured = ''): RequestHandler {
  return (request, response, next) => {
    const isTrusted = trusts(request);
    const prefix = isTrusted ? first(request.get('x-forwarded-prefix')) : undefined;
    const basePath = (prefix === undefined ? undefined : parseBasePath(prefix)) ?? configured;
    const forwardedHost = isTrusted
      ? (first(request.get('x-forwarded-host')) ?? forwarded(request, 'host'))
      : undefined;
    const host = forwardedHost ?? request.headers.host ?? '';
    response.locals['external'] = {
      basePath,
      host,
      isForwarded: forwardedHost !== undefined,
    } satisfies ExternalAddress;
    if (basePath !== '') {
      if (isBelow(request.path, basePath) && !ownPaths.some((path) => isBelow(path, basePath))) {
        if (request.path === basePath) {
          response.redirect(308, `${basePath}/`);
          return;
        }
        request.url = request.url.slice(basePath.length);
      }
      writePathsBelow(basePath, response);
    }
    next();
  };
}

export function externalAddressOf(response: Response): ExternalAddress {
  return response.locals['external'] as ExternalAddress;
}

/**
 * Whether the browser speaks TLS, as any of the usual proxies tells it, believed or not: this decides on nothing but a
 * cookie's `Secure`, where a liar keeps only his own browser from sending it back.
 */
export function isHttps(request: Request): boolean {
  const told = [
    first(request.get('x-forwarded-proto')),
    first(request.get('x-forwarded-scheme')),
    request.get('cloudfront-forwarded-proto'),
    forwarded(request, 'proto'),
  ];
  return (
    request.secure ||
    told.some((protocol) => protocol?.toLowerCase() === 'https') ||
    [request.get('x-forwarded-ssl'), request.get('front-end-https')].some(
      (word) => word?.toLowerCase() === 'on',
    ) ||
    // A browser's own word for the page whose form it sends.
    request.get('origin')?.startsWith('https://') === true
  );
}

function trusts(request: Request): boolean {
  const trust = request.app.get('trust proxy fn') as (address: string | undefined, hop: number) => boolean;
  return trust(request.socket.remoteAddress, 0);
}

/** Of a list, to which each proxy has appended: what the first one saw. */
function first(list: string | undefined): string | undefined {
  const value = list?.split(',', 1)[0]?.trim();
  return value === '' ? undefined : value;
}

/** From `Forwarded: for=1.2.3.4;proto=https;host="x"` (RFC 7239). */
function forwarded(request: Request, wanted: 'host' | 'proto'): string | undefined {
  for (const pair of (first(request.get('forwarded')) ?? '').split(';')) {
    const equals = pair.indexOf('=');
    if (pair.slice(0, equals).trim().toLowerCase() === wanted)
      return pair
        .slice(equals + 1)
        .trim()
        .replaceAll('"', '');
  }
  return undefined;
}

function isBelow(path: string, basePath: string): boolean {
  return path === basePath || path.startsWith(`${basePath}/`);
}

function writePathsBelow(basePath: string, response: Response): void {
  const outside = (path: string): string => (path.startsWith('/') ? basePath + path : path);
  const location = response.location.bind(response);
  response.location = (url: string) => location(outside(url));
  const json = response.json.bind(response);
  response.json = (body: unknown) => json(withLinks(body, outside));
}

/** `links` of an answer hold paths. */
function withLinks(body: unknown, outside: (path: string) => string): unknown {
  if (typeof body !== 'object' || body === null || !('links' in body)) return body;
  const { links } = body;
  if (typeof links !== 'object' || links === null) return body;
  return {
    ...body,
    links: Object.fromEntries(
      Object.entries(links).map(([name, path]: [string, unknown]) => [
        name,
        typeof path === 'string' ? outside(path) : path,
      ]),
    ),
  };
}
