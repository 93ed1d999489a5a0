import { BlockList, isIPv4, isIPv6 } from 'node:net';

import { ConfigError } from '@migrator/config';
import type { RequestHandler } from 'express';

import { HttpError } from '../http-error.ts';
import type { Tokens } from './tokens.ts';

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

function isLoopback(host: string): boolean {
  if (isIPv4(host)) return loopback.check(host, 'ipv4');
  if (isIPv6(host)) return loopback.check(host, 'ipv6');
  return host.toLowerCase() === 'localhost';
}

/** Throws unless what is to be served to whom is safe: to others than this machine only with a token. */
export function requireSafeAccess({
  host,
  apiToken,
  apiReadToken,
}: Tokens & { readonly host: string }): void {
  if (apiToken === undefined && apiReadToken !== undefined) {
    throw new ConfigError(
      'API_READ_TOKEN',
      'API_READ_TOKEN is set without API_TOKEN: set API_TOKEN too, or everybody could do everything',
    );
  }
  if (apiToken !== undefined && apiToken === apiReadToken) {
    throw new ConfigError('API_READ_TOKEN', 'API_READ_TOKEN holds the same as API_TOKEN; it has to differ');
  }
  if (apiToken === undefined && !isLoopback(host)) {
    throw new ConfigError(
      'HOST',
      `HOST holds "${host}", but without API_TOKEN the API listens on this machine only: ` +
        'set API_TOKEN (at least 16 characters), or leave HOST at 127.0.0.1',
    );
  }
}

/**
 * Without a token anybody on this machine may do everything, its browsers too: a page whose name was made to point to
 * this address (DNS rebinding) is of the same origin for its browser, but gives itself away by its name.
 */
export function knownHostsOnly(host: string): RequestHandler {
  const names = new Set(['localhost', '127.0.0.1', '::1', host.toLowerCase()]);
  return (request, _response, next) => {
    if (!names.has(nameOf(request.headers.host ?? ''))) {
      throw new HttpError(
        403,
        'HOST_NOT_ALLOWED',
        'Without API_TOKEN this answers only under the names localhost, 127.0.0.1 and [::1]',
      );
    }
    next();
  };
}

/** `Localhost:5000`, `[::1]:5000`: without the port. */
function nameOf(hostHeader: string): string {
  const [, ipv6, name] = /^(?:\[([^\]]+)\]|([^:]+))(?::\d+)?$/.exec(hostHeader) ?? [];
  return (ipv6 ?? name ?? '').toLowerCase();
}
