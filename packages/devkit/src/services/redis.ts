import { mkdir } from 'node:fs/promises';
import { isPortFree } from './free-port.ts';
import { onFreePort } from './on-free-port.ts';
import { findLocalProgram } from './local-program.ts';
import { hasContainerEngine, REDIS_IMAGE, startRedisContainer } from './redis-container.ts';
import { startRedisServer } from './redis-server.ts';
import type { RedisService, RedisSettings } from './redis-service.ts';
import type { ServiceOptions } from './service.ts';
import { PortTakenError, warnOfUnexpectedEnd } from './service.ts';

/** There is no Redis on this machine, and none could be installed. The message names what to install. */
export class RedisMissingError extends Error {
  override readonly name = 'RedisMissingError';
}

export interface RedisOptions extends ServiceOptions {
  /** Keeps the data over `restart()`; false by default. */
  appendOnly?: boolean;
  /** The folder of the data, created if it does not exist, and kept. By default a temporary one, which is deleted. */
  dataDir?: string;
  /**
   * Further settings for a port, as redis-server's command line takes them: `() => ['--requirepass', 'x']`. They need a
   * redis-server on this machine: a container is not enough.
   */
  settings?: (port: number) => readonly string[];
  /** Makes it a sentinel with the configuration for a port; needs a redis-server on this machine, too. */
  sentinel?: (port: number) => string;
  /** Where programs and folders are looked for; this process's environment by default. */
  env?: NodeJS.ProcessEnv;
  /** Called with a line before something is downloaded or installed; writes to stderr by default. */
  notice?: (line: string) => void;
  /** Whether a container engine answers; asks for one by default. */
  containerEngine?: () => Promise<boolean>;
}

/**
 * Starts a real, empty Redis that evicts nothing and saves nothing: the `redis-server` of this machine, one that its
 * package manager installs, or a container. Throws `RedisMissingError` if none is possible, `PortTakenError` if the
 * chosen port is taken.
 */
export async function startRedis(options: RedisOptions = {}): Promise<RedisService> {
  const start = await chooseWay(options);
  return await onFreePort('Redis', options.port, start);
}

async function chooseWay(options: RedisOptions): Promise<(port: number) => Promise<RedisService>> {
  const {
    env = process.env,
    notice = (line: string) => process.stderr.write(`${line}\n`),
    containerEngine = hasContainerEngine,
  } = options;
  const settings: Omit<RedisSettings, 'port'> = {
    appendOnly: options.appendOnly ?? false,
    onUnexpectedEnd: options.onUnexpectedEnd ?? warnOfUnexpectedEnd,
    dataDir: options.dataDir,
  };
  if (options.dataDir !== undefined) await mkdir(options.dataDir, { recursive: true });
  const found = await findLocalProgram('redis-server', { env, notice });
  const { program } = found;
  if (program !== undefined) {
    return (port) => {
      const more = options.settings?.(port);
      return startRedisServer(program, {
        port,
        ...settings,
        settings: more,
        sentinel: options.sentinel === undefined ? undefined : options.sentinel(port),
      });
    };
  }
  const containable = options.settings === undefined && options.sentinel === undefined;
  if (containable && (await containerEngine())) {
    notice(`redis-server is not installed: starting Redis in a container (${REDIS_IMAGE}).`);
    return async (port) => {
      // The engine would keep a container whose port is taken.
      if (!(await isPortFree(port))) throw new PortTakenError('Redis', port);
      return startRedisContainer({ port, ...settings });
    };
  }
  throw new RedisMissingError(missingMessage(found.failures));
}

function missingMessage(failures: readonly Error[]): string {
  const reasons = failures.map(({ message }) => ` (${message})`).join('');
  return `Redis is missing: install redis-server (Debian, Ubuntu: apt-get install redis-server; macOS: brew install redis) or start Docker.${reasons}`;
}
