import { join } from 'node:path';
import type { LocalProgram } from './find-program.ts';
import { runProgram } from '../processes/run-program.ts';

/** Installs Homebrew's formula `redis`, which starts no service, and gives its program. */
export async function installRedisWithHomebrew(
  env: NodeJS.ProcessEnv,
  notice: (line: string) => void,
): Promise<LocalProgram> {
  notice('redis-server is not installed: installing it with `brew install redis`.');
  await runProgram('brew', ['install', '--quiet', 'redis'], {
    env: { ...env, HOMEBREW_NO_AUTO_UPDATE: '1' },
  });
  const prefix = await runProgram('brew', ['--prefix', 'redis'], { env });
  return { command: join(prefix.trim(), 'bin', 'redis-server') };
}
