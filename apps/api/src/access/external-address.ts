import { parseBasePath } from '@migrator/config';
import type { Request, RequestHandler, Response } from 'express';

import { basePath as apiPath } from '../api-context.ts';

/** The address of this server for browsers, through its proxies. */
export interface ExternalAddress {
  /** The prefix of every path: empty, or `/tools/migrator`. */
  readonly basePath: string;
  /** `migrator.example.com:8443` */
  readonly host: string;
  /** A trusted proxy has forwarded the host. */
  readonly isForwarded: boolean;
}

/** The server's own paths, which a base path must not be mistaken for: `/api` is a prefix of one. */
const ownPaths = [apiPath, '/admin/queues', '/dashboard', '/docs', '/sign-in', '/sign-out'];

/**
 * Determines the external address. Everything after this middleware works with paths without the base path: it is
 * removed from requests, if the proxy has not removed it, and added to Location headers and links in responses.
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
 * Whether the browser uses TLS, by the headers of the usual proxies, trusted or not. It decides only the cookie's
 * `Secure` attribute. A forged header affects only the sender's own cookie.
 */
export function isHttps(request: Request): boolean {
  const protocols = [
    first(request.get('x-forwarded-proto')),
    first(request.get('x-forwarded-scheme')),
    request.get('cloudfront-forwarded-proto'),
    forwarded(request, 'proto'),
  ];
  return (
    request.secure ||
    protocols.some((protocol) => protocol?.toLowerCase() === 'https') ||
    [request.get('x-forwarded-ssl'), request.get('front-end-https')].some(
      (word) => word?.toLowerCase() === 'on',
    ) ||
    // The browser's Origin header, of the page whose form it sends.
    request.get('origin')?.startsWith('https://') === true
  );
}

function trusts(request: Request): boolean {
  const trust = request.app.get('trust proxy fn') as (address: string | undefined, hop: number) => boolean;
  return trust(request.socket.remoteAddress, 0);
}

/** The first element of a list to which each proxy has appended. */
function first(list: string | undefined): string | undefined {
  const value = list?.split(',', 1)[0]?.trim();
  return value === '' ? undefined : value;
}

/** A parameter of `Forwarded: for=1.2.3.4;proto=https;host="x"` (RFC 7239). */
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

/** Adds the base path to the paths in `links` of a response. */
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
