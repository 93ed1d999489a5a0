import { mkdir } from 'node:fs/promises';
import { freePort, isPortFree } from './free-port.ts';
import { hasContainerEngine, REDIS_IMAGE, startRedisContainer } from './redis-container.ts';
import type { RedisCommand, RedisProgram } from './redis-protocol.ts';
import { parseRedisEvent } from './redis-protocol.ts';
import { findRedisProgram } from './redis-program.ts';
import type { LocalService, ServiceOptions } from './service.ts';
import { PortTakenError, ServiceEndedError } from './service.ts';
import { spawnServiceProcess, warnOfUnexpectedEnd } from './service-process.ts';

export interface RedisOptions extends ServiceOptions {
  /** Keeps what was written over `restart()`; false by default. */
  appendOnly?: boolean;
  /** A folder for the data, made if need be, which stays; a temporary one, which goes, if it is left out. */
  dataDir?: string;
  /** Where programs and folders are looked for; this process's environment by default. */
  env?: NodeJS.ProcessEnv;
  /** Told one line before something is downloaded or installed; writes to stderr by default. */
  notice?: (line: string) => void;
  /** Whether a container engine answers; asks for one by default. */
  containerEngine?: () => Promise<boolean>;
}

/** There is no Redis on this machine, and none could be brought. The message says what to install. */
export class RedisMissingError extends Error {
  override readonly name = 'RedisMissingError';
}

export interface RedisService extends LocalService {
  /** `redis://127.0.0.1:PORT` */
  readonly url: string;
  /** Of redis-server itself; another one after `restart()`, undefined where it runs in a container. */
  readonly pid: number | undefined;
  /** Ends Redis in order if it runs and starts it on the same port, with its data if `appendOnly` is set. */
  restart(): Promise<void>;
  /** Ends Redis at once as a crash would, and leaves it down until `restart()`. */
  kill(): Promise<void>;
}

/** What each way to start Redis is told besides the port. */
export interface RedisSettings {
  appendOnly: boolean;
  dataDir?: string;
  onUnexpectedEnd: (error: ServiceEndedError) => void;
}

const PORT_ATTEMPTS = 5;

/**
 * Starts a real, empty Redis that evicts nothing and saves nothing: the `redis-server` of this machine, one that its
 * package manager brings, or a container. Throws `RedisMissingError` where there is no way, `PortTakenError` if the
 * chosen port is taken.
 */
export async function startRedis(options: RedisOptions = {}): Promise<RedisService> {
  const start = await chooseWay(options);
  for (let attempt = 1; ; attempt++) {
    const port = options.port ?? (await freePort());
    try {
      return await start(port);
    } catch (error) {
      if (await isPortFree(port)) throw error;
      if (options.port !== undefined) throw new PortTakenError('Redis', port);
      if (attempt === PORT_ATTEMPTS) throw error;
    }
  }
}

async function chooseWay(options: RedisOptions): Promise<(port: number) => Promise<RedisService>> {
  const {
    env = process.env,
    notice = (line: string) => process.stderr.write(`${line}\n`),
    containerEngine = hasContainerEngine,
  } = options;
  const settings: RedisSettings = {
    appendOnly: options.appendOnly ?? false,
    onUnexpectedEnd: options.onUnexpectedEnd ?? warnOfUnexpectedEnd,
    ...(options.dataDir === undefined ? {} : { dataDir: options.dataDir }),
  };
  if (options.dataDir !== undefined) await mkdir(options.dataDir, { recursive: true });
  const found = await findRedisProgram({ env, notice });
  const { program } = found;
  if (program !== undefined) return (port) => startServer({ program, port, ...settings });
  if (await containerEngine()) {
    notice(`redis-server is not installed: starting Redis in a container (${REDIS_IMAGE}).`);
    return async (port) => {
      // The engine leaves a container behind whose port it finds taken.
      if (!(await isPortFree(port))) throw new PortTakenError('Redis', port);
      return startRedisContainer({ port, ...settings });
    };
  }
  throw new RedisMissingError(missingMessage(found.failures));
}

interface ServerOptions extends RedisSettings {
  program: RedisProgram;
  port: number;
}

async function startServer(options: ServerOptions): Promise<RedisService> {
  const { program, port, appendOnly, dataDir, onUnexpectedEnd } = options;
  let pid: number | undefined;
  const supervisor = spawnServiceProcess({
    name: 'Redis',
    program: new URL('./redis-process.ts', import.meta.url),
    args: [
      `--program=${program.command}`,
      `--port=${port}`,
      ...(program.libraryPath === undefined ? [] : [`--library-path=${program.libraryPath}`]),
      ...(appendOnly ? ['--append-only'] : []),
      ...(dataDir === undefined ? [] : [`--data-dir=${dataDir}`]),
    ],
    onUnexpectedEnd(error) {
      // The server of a supervisor that was killed has nobody else to end it.
      if (pid !== undefined) killIfRunning(pid);
      onUnexpectedEnd(error);
    },
    onUnreadLine(line) {
      const event = parseRedisEvent(line);
      if (event?.event === 'ended') onUnexpectedEnd(new ServiceEndedError(event.reason));
    },
  });
  const untilReady = async (): Promise<void> => {
    const event = await supervisor.read((line) => {
      const parsed = parseRedisEvent(line);
      return parsed?.event === 'ready' || parsed?.event === 'failed' ? parsed : undefined;
    });
    if (event.event === 'failed') throw new ServiceEndedError(event.reason);
    pid = event.pid;
  };
  const send = (command: RedisCommand): void => supervisor.send(command);

  try {
    await untilReady();
  } catch (error) {
    await supervisor.stop();
    throw error;
  }
  return {
    host: '127.0.0.1',
    port,
    url: `redis://127.0.0.1:${port}`,
    get pid() {
      return pid;
    },
    async restart() {
      const ready = untilReady();
      send('restart');
      await ready;
    },
    async kill() {
      const killed = supervisor.read((line) => parseRedisEvent(line)?.event === 'killed' || undefined);
      send('kill');
      await killed;
    },
    stop: () => supervisor.stop(),
    [Symbol.asyncDispose]: () => supervisor.stop(),
  };
}

function missingMessage(failures: readonly Error[]): string {
  const reasons = failures.map(({ message }) => ` (${message})`).join('');
  return `Redis is missing: install redis-server (Debian, Ubuntu: apt-get install redis-server; macOS: brew install redis) or start Docker.${reasons}`;
}

function killIfRunning(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It is gone already, as it should be.
  }
}
