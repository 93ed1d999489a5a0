import { homedir } from 'node:os';
import { join } from 'node:path';
import { findProgram } from './find-program.ts';
import { downloadRedisWithApt } from './redis-from-apt.ts';
import { installRedisWithHomebrew } from './redis-from-homebrew.ts';
import type { RedisProgram } from './redis-protocol.ts';

export interface RedisProgramOptions {
  env: NodeJS.ProcessEnv;
  /** Told one line before something is downloaded or installed. */
  notice: (line: string) => void;
}

/**
 * Finds `redis-server` on the PATH, or brings it with the package manager that is there: apt, into a cache folder, or
 * Homebrew. Gives the reasons where it could not.
 */
export async function findRedisProgram(
  options: RedisProgramOptions,
): Promise<{ program: RedisProgram } | { program: undefined; failures: Error[] }> {
  const { env, notice } = options;
  const path = env['PATH'];
  const command = await findProgram('redis-server', path);
  if (command !== undefined) return { program: { command } };

  const ways: [manager: string, bring: () => Promise<RedisProgram>][] = [
    ['apt-get', () => downloadRedisWithApt({ cacheDir: cacheFolder(env), env, notice })],
    ['brew', () => installRedisWithHomebrew(env, notice)],
  ];
  const failures: Error[] = [];
  for (const [manager, bring] of ways) {
    if ((await findProgram(manager, path)) === undefined) continue;
    try {
      return { program: await bring() };
    } catch (error) {
      failures.push(error instanceof Error ? error : new Error(String(error)));
    }
  }
  return { program: undefined, failures };
}

function cacheFolder(env: NodeJS.ProcessEnv): string {
  return join(env['XDG_CACHE_HOME'] || join(env['HOME'] || homedir(), '.cache'), 'trading-journal-migrator');
}
