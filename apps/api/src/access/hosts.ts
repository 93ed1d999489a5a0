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

/** Names that no public DNS knows, so that none of them can be made to point here: of a machine, a service, a cluster. */
const privateName = /^[^.]*$|\.(?:localhost|internal|svc|cluster\.local)$/;

/** Orchestrators ask for these under any name; the answer is one word. */
const probes: ReadonlySet<string> = new Set(['/healthz', '/health', '/readyz']);

/**
 * Answers only under names that are ours. A page whose name was made to point to this address (DNS rebinding) is of the
 * same origin for its browser, but gives itself away by its name. Without a token anybody on this machine may do
 * everything, its browsers too: then only this machine's own names count, and those that were configured.
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
      // The proxy was told its names, and passes on no others.
      if (external.isForwarded && allowedHosts.length === 0) return true;
      return probes.has(request.path) || isIPv4(name) || isIPv6(name) || privateName.test(name);
    };
    if (!isOurs()) {
      throw new HttpError(
        403,
        'HOST_NOT_ALLOWED',
        apiToken === undefined
          ? 'Without API_TOKEN this answers only under the names localhost, 127.0.0.1 and [::1], and those in ALLOWED_HOSTS'
          : 'This does not answer under that name: put it into ALLOWED_HOSTS, or let a proxy of TRUSTED_PROXIES send it as X-Forwarded-Host',
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
