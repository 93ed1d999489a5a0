import { readFileSync } from 'node:fs';
import { type Agent as HttpAgent, globalAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
// Namespace import: an old Node that lacks the function has to get as far as the message about its version.
import tls from 'node:tls';

import { Agent, type AgentConnectOpts } from 'agent-base';
import { HttpsProxyAgent } from 'https-proxy-agent';
import { getProxyForUrl } from 'proxy-from-env';

const loopback = /^(?:localhost|.*\.localhost|127(?:\.\d+){3}|\[::1\])$/;
/** Variables whose value may lack `http://`. */
const variables = ['https_proxy', 'HTTPS_PROXY', 'http_proxy', 'HTTP_PROXY', 'all_proxy', 'ALL_PROXY'];

/**
 * The proxy for a URL by HTTPS_PROXY, HTTP_PROXY and NO_PROXY, in upper or lower case. Undefined for a direct
 * connection, as to every local address.
 */
export function proxyFor(url: string): string | undefined {
  if (loopback.test(new URL(url).hostname)) return undefined;
  const named = getProxyForUrl(url);
  if (named === '') return undefined;
  // `proxy:3128` would get the scheme of the URL, but proxies rarely speak TLS.
  const bare = named.slice(named.indexOf('://') + '://'.length);
  return variables.some((name) => process.env[name] === bare) ? `http://${bare}` : named;
}

/** The trusted certificate authorities: Node's (with NODE_EXTRA_CA_CERTS) and those of the bundle. */
export function trusted(caFile: string | undefined): { readonly ca?: string[] } {
  if (caFile === undefined) return {};
  return { ca: [...tls.getCACertificates('default'), readFileSync(caFile, 'utf8')] };
}

/** Agents for the SDK's own requests, to DynamoDB and to sources of credentials. */
export function agentsFor(caFile: string | undefined): { httpAgent: HttpAgent; httpsAgent: HttpAgent } {
  const agent = new ProxyingAgent(trusted(caFile));
  return { httpAgent: agent, httpsAgent: agent };
}

/** An agent that decides for each request, because NO_PROXY may name only some hosts. */
class ProxyingAgent extends Agent {
  readonly #trusted: { readonly ca?: string[] };
  readonly #https: HttpsAgent;
  readonly #proxies = new Map<string, HttpAgent>();

  constructor(trust: { readonly ca?: string[] }) {
    // A tunnel's agent does not pass its options on to the server, so they are set for each request.
    const options = { keepAlive: true, ...trust };
    super(options);
    this.#trusted = trust;
    this.#https = new HttpsAgent(options);
  }

  override connect(_request: unknown, { secureEndpoint, host, port }: AgentConnectOpts): HttpAgent {
    const bracketed = host?.includes(':') === true ? `[${host}]` : host;
    const proxy = proxyFor(`${secureEndpoint ? 'https' : 'http'}://${bracketed}:${port}`);
    if (proxy === undefined) return secureEndpoint ? this.#https : globalAgent;
    let agent = this.#proxies.get(proxy);
    if (agent === undefined) {
      agent = new HttpsProxyAgent(proxy, { keepAlive: true, ...this.#trusted });
      this.#proxies.set(proxy, agent);
    }
    return agent;
  }

  override destroy(): void {
    this.#https.destroy();
    for (const agent of this.#proxies.values()) agent.destroy();
    super.destroy();
  }
}
