import { BlockList, isIP, isIPv4 } from 'node:net';

/** The proxies whose forwarding headers are trusted: a number of hops, or addresses. */
export type TrustedProxies = number | readonly string[];

const words = ['loopback', 'linklocal', 'uniquelocal'];
const mostHops = 10;

/** Parses `127.0.0.1, 10.0.0.0/8`, or a number of hops; undefined for anything else. */
export function parseTrustedProxies(text: string): TrustedProxies | undefined {
  const value = text.trim();
  if (/^\d+$/.test(value)) return Number(value) <= mostHops ? Number(value) : undefined;
  const entries = value.split(',').map((entry) => entry.trim());
  return entries.every((entry) => words.includes(entry) || isRange(entry)) ? entries : undefined;
}

/** Parses host names, without ports and in lower case; undefined if one is invalid. */
export function parseHosts(text: string): readonly string[] | undefined {
  const hosts = text.split(',').map((host) => host.trim().toLowerCase());
  return hosts.every((host) => isIP(host) !== 0 || /^[a-z\d_][a-z\d_.-]*$/.test(host)) ? hosts : undefined;
}

/** Parses a path such as `/tools/migrator`, without a slash at its end; undefined if it is invalid. */
export function parseBasePath(text: string): string | undefined {
  const path = text.replace(/\/$/, '');
  return /^(?:\/[\w.~-]+)*$/.test(path) && !/(?:^|\/)\.\.?(?:\/|$)/.test(path) ? path : undefined;
}

function isRange(entry: string): boolean {
  const [address = '', bits, ...more] = entry.split('/');
  if (isIP(address) === 0 || more.length > 0) return false;
  if (bits === undefined) return true;
  if (!/^\d{1,3}$/.test(bits)) return false;
  try {
    new BlockList().addSubnet(address, Number(bits), isIPv4(address) ? 'ipv4' : 'ipv6');
    return Number(bits) > 0;
  } catch {
    return false;
  }
}
