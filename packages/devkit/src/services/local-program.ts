import { homedir } from 'node:os';
import { join } from 'node:path';

import { findProgram, type LocalProgram } from './find-program.ts';
import { type AptPackage, downloadWithApt } from './program-from-apt.ts';

export interface FindOptions {
  env: NodeJS.ProcessEnv;
  /** Told one line before something is downloaded or installed. */
  notice: (line: string) => void;
}

/** The program, or why none of the ways led to one. */
export type FoundProgram = { program: LocalProgram } | { program: undefined; failures: readonly Error[] };

/** How a package manager, which is a program of that name, brings the program. */
export type Bring = [manager: string, bring: () => Promise<LocalProgram>];

/** Finds a program on the PATH, or brings it with the first package manager that is there and can. */
export async function findLocalProgram(
  names: readonly string[],
  bringers: readonly Bring[],
  env: NodeJS.ProcessEnv,
): Promise<FoundProgram> {
  const path = env['PATH'];
  for (const name of names) {
    const command = await findProgram(name, path);
    if (command !== undefined) return { program: { command } };
  }
  const failures: Error[] = [];
  for (const [manager, bring] of bringers) {
    if ((await findProgram(manager, path)) === undefined) continue;
    try {
      return { program: await bring() };
    } catch (error) {
      failures.push(error instanceof Error ? error : new Error(String(error)));
    }
  }
  return { program: undefined, failures };
}

/** Debian's package, unpacked into this user's cache folder. */
export function withApt(wanted: AptPackage, { env, notice }: FindOptions): Bring {
  return ['apt-get', () => downloadWithApt(wanted, { cacheDir: cacheFolder(env), env, notice })];
}

/** This user's folder for programs that the dev kit brings. */
export function cacheFolder(env: NodeJS.ProcessEnv): string {
  return join(env['XDG_CACHE_HOME'] || join(env['HOME'] || homedir(), '.cache'), 'trading-journal-migrator');
}
