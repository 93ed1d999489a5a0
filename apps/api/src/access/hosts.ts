import { BlockList, isIPv4, isIPv6 } from 'node:net';

import { type Config, ConfigError } from '@migrator/config';
import type { RequestHandler } from 'express';

import { HttpError } from '../http-error.ts';
import { externalAddressOf } from './external-address.ts';
import type { Tokens } from './tokens.ts';

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

function isLoopback(host: string): boolean {
  if (isIPv4(host)) return loopback.check(host, 'ipv4');
  if (isIPv6(host)) return loopback.check(host, 'ipv6');
  return host.toLowerCase() === 'localhost';
}

/** Throws a ConfigError for unsafe settings: access from other machines requires a token. */
export function requireSafeAccess({
  host,
  apiToken,
  apiReadToken,
}: Tokens & { readonly host: string }): void {
  if (apiToken === undefined && apiReadToken !== undefined) {
    throw new ConfigError(
      'API_READ_TOKEN',
      'API_READ_TOKEN is set without API_TOKEN: set API_TOKEN too, or every client would have full access',
    );
  }
  if (apiToken !== undefined && apiToken === apiReadToken) {
    throw new ConfigError('API_READ_TOKEN', 'API_READ_TOKEN equals API_TOKEN; it has to differ');
  }
  if (apiToken === undefined && !isLoopback(host)) {
    throw new ConfigError(
      'HOST',
      `HOST holds "${host}", but without API_TOKEN the API listens on this machine only: ` +
        'set API_TOKEN (at least 16 characters), or leave HOST at 127.0.0.1',
    );
  }
}

/** Names that no public DNS has, of machines, services and clusters, so DNS rebinding can't use them. */
const privateName = /^[^.]*$|\.(?:localhost|internal|svc|cluster\.local)$/;

/** Orchestrators request these with any host name. The response is not confidential. */
const probes: ReadonlySet<string> = new Set(['/healthz', '/health', '/readyz']);

/**
 * Accepts only requests with an allowed Host header. That stops DNS rebinding: a page whose host name was changed to
 * resolve to this address has the same origin, but sends its own name. Without a token every client on this machine
 * has full access, browsers included: then only local names and configured ones are allowed.
 */
export function knownHostsOnly({ host, apiToken, allowedHosts = [] }: HostRules): RequestHandler {
  const names = new Set(['localhost', '127.0.0.1', '::1', host.toLowerCase(), ...allowedHosts]);
  return (request, response, next) => {
    const external = externalAddressOf(response);
    const name = nameOf(external.host);
    const isOurs = (): boolean => {
      if (name === undefined) return false;
      if (names.has(name)) return true;
      if (apiToken === undefined) return false;
      // The proxy forwards only its configured names.
      if (external.isForwarded && allowedHosts.length === 0) return true;
      return probes.has(request.path) || isIPv4(name) || isIPv6(name) || privateName.test(name);
    };
    if (!isOurs()) {
      throw new HttpError(
        403,
        'HOST_NOT_ALLOWED',
        apiToken === undefined
          ? 'Without API_TOKEN only the host names localhost, 127.0.0.1 and [::1], and those in ALLOWED_HOSTS, are accepted'
          : 'This host name is not accepted: add it to ALLOWED_HOSTS, or let a proxy of TRUSTED_PROXIES send it as X-Forwarded-Host',
      );
    }
    next();
  };
}

type HostRules = Pick<Config['http'], 'host' | 'apiToken' | 'allowedHosts'>;

/** `Localhost:5000`, `[::1]:5000`: without the port; undefined for what is no host. */
function nameOf(hostHeader: string): string | undefined {
  if (hostHeader === '') return '';
  const [, ipv6, name] = /^(?:\[([^\]]+)\]|([^:]+))(?::\d+)?$/.exec(hostHeader) ?? [];
  return (ipv6 ?? name)?.toLowerCase();
}
