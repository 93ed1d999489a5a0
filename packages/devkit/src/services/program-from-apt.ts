import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

import type { LocalProgram } from './find-program.ts';
import { requireOwnFiles, requireOwnFolders } from './own-files.ts';
import { runProgram } from '../processes/run-program.ts';

/** A Debian package and the program in it that is wanted. */
export interface AptPackage {
  name: string;
  /** Where the package has it, as a path from the root. */
  file: string;
  /** Arguments with which it ends at once, with status 0 where it runs. */
  probe: readonly string[];
}

export interface AptOptions {
  /** A folder that keeps the program for the next time. */
  cacheDir: string;
  env: NodeJS.ProcessEnv;
  notice: (line: string) => void;
}

/**
 * Brings a package of the system without installing it: apt downloads and checks it with the libraries that this machine
 * lacks, and they are unpacked into a cache folder. So it takes no root, starts no system service and waits for no other program's
 * lock. Two processes may do this at once: the one that is done first wins.
 */
export async function downloadWithApt(
  wanted: AptPackage,
  { cacheDir, env, notice }: AptOptions,
): Promise<LocalProgram> {
  const kept = join(cacheDir, wanted.name);
  const cached = await keptProgram(kept, wanted, env);
  if (cached) return cached;

  notice(
    `${wanted.name} is not installed: downloading its package with apt-get into ${kept} (the system stays as it is).`,
  );
  await mkdir(cacheDir, { recursive: true, mode: 0o700 });
  await requireOwnFolders(cacheDir);
  const work = await mkdtemp(join(cacheDir, 'download-'));
  try {
    const unpacked = join(work, 'unpacked');
    try {
      await download(wanted.name, work, [], env);
    } catch {
      // No package lists (a fresh container has none) or outdated ones: fetch lists of our own.
      await download(wanted.name, work, await freshLists(work, env), env);
    }
    for (const file of await readdir(work)) {
      if (file.endsWith('.deb'))
        await runProgram('dpkg-deb', ['--extract', join(work, file), unpacked], { env });
    }
    await runProgram('chmod', ['-R', 'go-w', unpacked], { env });
    if (!(await usableProgram(unpacked, wanted, env)))
      throw new Error(`The downloaded ${wanted.name} does not run here.`);
    return await keep(unpacked, kept, wanted, env);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Downloads a package, and those that it needs and that are not installed, as .deb files into a folder. */
async function download(
  name: string,
  folder: string,
  listOptions: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<void> {
  // `Debug::NoLocking`: a simulation needs no lock, and without root could not take it.
  const options = [...listOptions, '-o', 'Debug::NoLocking=1', '-o', 'APT::Sandbox::User=root'];
  const plan = await runProgram(
    'apt-get',
    ['install', '--simulate', '--no-install-recommends', ...options, name],
    { env: { ...env, LC_ALL: 'C' } },
  );
  const packages = [...plan.matchAll(/^Inst (\S+)/gm)].map(([, one = '']) => one);
  await runProgram('apt-get', ['download', '--quiet', ...options, ...packages], { env, cwd: folder });
}

/** Fetches package lists into a folder of ours, which needs no root, and gives apt's options to use them. */
async function freshLists(folder: string, env: NodeJS.ProcessEnv): Promise<string[]> {
  const state = join(folder, 'state');
  const cache = join(folder, 'cache');
  await mkdir(join(state, 'lists', 'partial'), { recursive: true });
  await mkdir(join(cache, 'archives', 'partial'), { recursive: true });
  const settings = {
    'Dir::State': state,
    'Dir::State::lists': join(state, 'lists'),
    'Dir::State::status': '/var/lib/dpkg/status',
    'Dir::Cache': cache,
  };
  const options = Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  await runProgram('apt-get', ['update', '--quiet', ...options, '-o', 'APT::Sandbox::User=root'], { env });
  return options;
}

/** Moves what was unpacked to where it is kept, unless another process was faster. */
async function keep(
  unpacked: string,
  kept: string,
  wanted: AptPackage,
  env: NodeJS.ProcessEnv,
): Promise<LocalProgram> {
  const mine = (): Promise<void> => rename(unpacked, kept);
  try {
    await mine();
  } catch {
    if (!(await keptProgram(kept, wanted, env))) {
      // What is kept there was made for an older system.
      await rm(kept, { recursive: true, force: true });
      await mine();
    }
  }
  const program = await keptProgram(kept, wanted, env);
  if (program) return program;
  throw new Error(`The ${wanted.name} in ${kept} does not run.`);
}

/** What an earlier download left, where it still runs. Throws where others could have changed it. */
async function keptProgram(
  kept: string,
  wanted: AptPackage,
  env: NodeJS.ProcessEnv,
): Promise<LocalProgram | undefined> {
  if (!existsSync(kept)) return undefined;
  await requireOwnFiles(kept);
  return await usableProgram(kept, wanted, env);
}

async function usableProgram(
  root: string,
  { file, probe }: AptPackage,
  env: NodeJS.ProcessEnv,
): Promise<LocalProgram | undefined> {
  const command = join(root, file);
  const libraryPath = (await libraryFolders(root)).join(delimiter);
  try {
    await runProgram(command, probe, { env: { ...env, LD_LIBRARY_PATH: libraryPath } });
    return { command, libraryPath };
  } catch {
    return undefined;
  }
}

/**
 * Debian keeps libraries in a folder for each architecture (`usr/lib/x86_64-linux-gnu`), and a few packages in a folder of
 * their own below it.
 */
async function libraryFolders(root: string): Promise<string[]> {
  const folders: string[] = [];
  for (const base of [join(root, 'usr', 'lib'), join(root, 'lib')]) {
    for (const name of await readdir(base).catch(() => [])) {
      if (!name.includes('-linux-')) continue;
      const below = await readdir(join(base, name), { withFileTypes: true });
      const own = below.filter((entry) => entry.isDirectory()).map((entry) => join(base, name, entry.name));
      folders.push(join(base, name), ...own);
    }
    folders.push(base);
  }
  return folders;
}
