import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { startSupervised } from '../processes/supervised.ts';
import type { LocalProgram } from './find-program.ts';
import { redisArguments } from './redis-arguments.ts';
import type { RedisService, RedisSettings } from './redis-service.ts';

/** Starts a redis-server that ends with this process. */
export async function startRedisServer(
  { command, libraryPath }: LocalProgram,
  { port, appendOnly, dataDir, settings = [], sentinel, onUnexpectedEnd }: RedisSettings,
): Promise<RedisService> {
  const folder = dataDir === undefined ? await mkdtemp(join(tmpdir(), 'local-redis-')) : undefined;
  const dir = dataDir ?? folder ?? tmpdir();
  const config = join(dir, 'sentinel.conf');
  // A sentinel rewrites this file, and reads it after a restart.
  if (sentinel !== undefined)
    await writeFile(config, `port ${port}\nbind 127.0.0.1\ndir ${dir}\n${sentinel}`);
  const server = await startSupervised({
    name: 'Redis',
    command: [
      command,
      ...(sentinel === undefined
        ? [...redisArguments({ port, bind: '127.0.0.1', dir, appendOnly }), ...settings]
        : [config, '--sentinel']),
    ],
    flags: [
      `--ready-line=${sentinel === undefined ? 'Ready to accept connections' : '+monitor master'}`,
      ...(folder === undefined ? [] : [`--folder=${folder}`]),
      ...(libraryPath === undefined ? [] : [`--library-path=${libraryPath}`]),
    ],
    onUnexpectedEnd,
  });
  return {
    host: '127.0.0.1',
    port,
    url: `redis://127.0.0.1:${port}`,
    get pid() {
      return server.pid;
    },
    restart: () => server.restart(),
    kill: () => server.kill(),
    stop: () => server.stop(),
    [Symbol.asyncDispose]: () => server.stop(),
  };
}
