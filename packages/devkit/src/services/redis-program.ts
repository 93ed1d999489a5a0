import { findLocalProgram, type FindOptions, type FoundProgram, withApt } from './local-program.ts';
import { installRedisWithHomebrew } from './redis-from-homebrew.ts';

const redisServer = { name: 'redis-server', file: 'usr/bin/redis-server', probe: ['--version'] };

/** `redis-server`: the one on the PATH, or brought by apt or Homebrew. */
export async function findRedisProgram(options: FindOptions): Promise<FoundProgram> {
  const { env, notice } = options;
  return await findLocalProgram(
    ['redis-server'],
    [withApt(redisServer, options), ['brew', () => installRedisWithHomebrew(env, notice)]],
    env,
  );
}
