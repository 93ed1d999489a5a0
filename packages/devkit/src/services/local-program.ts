import { homedir } from 'node:os';
import { join } from 'node:path';

import { runProgram } from '../processes/run-program.ts';
import { findProgram, type LocalProgram } from './find-program.ts';
import { type AptPackage, downloadWithApt } from './program-from-apt.ts';

interface Wanted {
  /** Its names on the PATH. */
  readonly names: readonly string[];
  /** Debian's package, unpacked into this user's cache folder. */
  readonly apt: AptPackage;
  /** Homebrew's formula of that name. */
  readonly brew?: string;
}

const programs = {
  'redis-server': {
    names: ['redis-server'],
    apt: { name: 'redis-server', file: 'usr/bin/redis-server', probe: ['--version'] },
    brew: 'redis',
  },
  chromium: {
    names: ['chromium', 'chromium-browser', 'google-chrome'],
    // The package's own `usr/bin/chromium` is a script that looks for the browser in the system's folders.
    apt: { name: 'chromium', file: 'usr/lib/chromium/chromium', probe: ['--version'] },
  },
  nginx: { names: ['nginx'], apt: { name: 'nginx', file: 'usr/sbin/nginx', probe: ['-v'] } },
  promtool: {
    names: ['promtool'],
    apt: { name: 'prometheus', file: 'usr/bin/promtool', probe: ['--version'] },
  },
} satisfies Record<string, Wanted>;

export interface FindOptions {
  env: NodeJS.ProcessEnv;
  /** Called with a line before something is downloaded or installed. */
  notice: (line: string) => void;
}

/** The program, or the failures of all ways to get it. */
type FoundProgram = { program: LocalProgram } | { program: undefined; failures: readonly Error[] };

/** Finds a program on the PATH, or gets it with apt-get or Homebrew. */
export async function findLocalProgram(
  wanted: keyof typeof programs,
  { env, notice }: FindOptions,
): Promise<FoundProgram> {
  const { names, apt, brew }: Wanted = programs[wanted];
  for (const name of names) {
    const command = await findProgram(name, env['PATH']);
    if (command !== undefined) return { program: { command } };
  }
  const failures: Error[] = [];
  const bring = async (manager: string, work: () => Promise<LocalProgram>): Promise<FoundProgram> => {
    if ((await findProgram(manager, env['PATH'])) === undefined) return { program: undefined, failures };
    try {
      return { program: await work() };
    } catch (error) {
      failures.push(error instanceof Error ? error : new Error(String(error)));
      return { program: undefined, failures };
    }
  };
  const found = await bring('apt-get', () =>
    downloadWithApt(apt, { cacheDir: cacheFolder(env), env, notice }),
  );
  if (found.program !== undefined || brew === undefined) return found;
  return await bring('brew', async () => {
    notice(`${wanted} is not installed: installing it with \`brew install ${brew}\`.`);
    await runProgram('brew', ['install', '--quiet', brew], {
      env: { ...env, HOMEBREW_NO_AUTO_UPDATE: '1' },
    });
    const prefix = await runProgram('brew', ['--prefix', brew], { env });
    return { command: join(prefix.trim(), 'bin', wanted) };
  });
}

/** For a test that is skipped on a machine without the program; prints the reason. */
export async function findProgramForTests(wanted: keyof typeof programs): Promise<LocalProgram | undefined> {
  const found = await findLocalProgram(wanted, {
    env: process.env,
    notice: (line) => console.info(line),
  });
  if (found.program !== undefined) return found.program;
  const why = found.failures.map(({ message }) => message).join(' ');
  console.warn(`No tests with ${wanted}: install it, or let apt-get bring it. ${why}`);
  return undefined;
}

/** This user's folder for programs that the dev kit downloads. */
export function cacheFolder(env: NodeJS.ProcessEnv): string {
  return join(env['XDG_CACHE_HOME'] || join(env['HOME'] || homedir(), '.cache'), 'trading-journal-migrator');
}
