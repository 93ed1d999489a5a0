import { ProgramError, startProgram } from '../processes/program.ts';
import type { LocalProgram } from './find-program.ts';
import type { RedisCommand } from './redis-protocol.ts';
import { parseRedisEvent } from './redis-protocol.ts';
import type { RedisService, RedisSettings } from './redis-service.ts';

/** Starts a redis-server under a supervisor that lives no longer than this process. */
export async function startRedisServer(
  program: LocalProgram,
  settings: RedisSettings,
): Promise<RedisService> {
  const { port, appendOnly, dataDir, onUnexpectedEnd } = settings;
  let pid: number | undefined;
  const supervisor = startProgram({
    name: 'Redis',
    main: new URL('./redis-process.ts', import.meta.url),
    args: [
      `--program=${program.command}`,
      `--port=${port}`,
      ...(program.libraryPath === undefined ? [] : [`--library-path=${program.libraryPath}`]),
      ...(appendOnly ? ['--append-only'] : []),
      ...(dataDir === undefined ? [] : [`--data-dir=${dataDir}`]),
      ...(settings.settings ?? []).map((setting) => `--setting=${setting}`),
      ...(settings.sentinel === undefined ? [] : [`--sentinel=${settings.sentinel}`]),
    ],
    onUnexpectedEnd,
    onLine(line) {
      const event = parseRedisEvent(line);
      if (event?.event === 'ended') onUnexpectedEnd(new ProgramError(event.reason));
    },
  });
  const untilReady = async (): Promise<void> => {
    const event = await supervisor.read((line) => {
      const parsed = parseRedisEvent(line);
      return parsed?.event === 'ready' || parsed?.event === 'failed' ? parsed : undefined;
    });
    if (event.event === 'failed') throw new ProgramError(event.reason);
    pid = event.pid;
  };
  // Nothing else ends the server of a supervisor that was killed.
  void (async () => {
    if ((await supervisor.ended) !== 0 && pid !== undefined) killIfRunning(pid);
  })();
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

function killIfRunning(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It is gone already, as it should be.
  }
}
