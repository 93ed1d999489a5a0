import { once } from 'node:events';
import type { Server } from 'node:http';

import { type Config, ConfigError } from '@migrator/config';

/** Resolves once the server listens. Rejects with a ConfigError that says which of HOST and PORT is wrong, and why. */
export async function listen(
  server: Server,
  { host, port }: Pick<Config['http'], 'host' | 'port'>,
): Promise<void> {
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (error) {
    throw listenError(error, host, port) ?? error;
  }
}

function listenError(error: unknown, host: string, port: number): ConfigError | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  switch (code) {
    case 'EADDRINUSE':
      return new ConfigError(
        'PORT',
        `PORT holds ${port}, and another program listens there on ${host} (${code}): end it, or set PORT to another one`,
      );
    case 'EACCES':
    case 'EPERM':
      return new ConfigError(
        'PORT',
        `PORT holds ${port}, on which this user may not listen (${code}): set PORT to one from 1024 on`,
      );
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EINVAL':
      return new ConfigError(
        'HOST',
        `HOST holds ${JSON.stringify(host)}, which is no address of this machine (${code}): set it to 127.0.0.1, to 0.0.0.0 for all, or to one that it has`,
      );
    default:
      return undefined;
  }
}
