import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

import type { LocalProgram } from './find-program.ts';
import { requireOwnFiles, requireOwnFolders } from './own-files.ts';
import { runProgram } from '../processes/run-program.ts';

/** A Debian package, and the program to run from it. */
export interface AptPackage {
  name: string;
  /** The program's path in the package, from the root. */
  file: string;
  /** Arguments with which the program exits at once, with code 0 if it works on this machine. */
  probe: readonly string[];
}

export interface AptOptions {
  /** The folder that caches programs. */
  cacheDir: string;
  env: NodeJS.ProcessEnv;
  notice: (line: string) => void;
}

/**
 * Downloads a package without installing it. apt downloads and checks it, with the libraries that this machine lacks,
 * and they are unpacked into a cache folder. So it needs no root, starts no system service and waits for no lock.
 * Several processes may call this concurrently.
 */
export async function downloadWithApt(
  wanted: AptPackage,
  { cacheDir, env, notice }: AptOptions,
): Promise<LocalProgram> {
  const cached = join(cacheDir, wanted.name);
  const program = await cachedProgram(cached, wanted, env);
  if (program) return program;

  notice(
    `${wanted.name} is not installed: downloading its package with apt-get into ${cached} (the system is not changed).`,
  );
  await mkdir(cacheDir, { recursive: true, mode: 0o700 });
  await requireOwnFolders(cacheDir);
  const work = await mkdtemp(join(cacheDir, 'download-'));
  try {
    const unpacked = join(work, 'unpacked');
    try {
      await download(wanted.name, work, [], env);
    } catch {
      // No package lists (a fresh container has none) or outdated ones: fetch our own.
      await download(wanted.name, work, await freshLists(work, env), env);
    }
    for (const file of await readdir(work)) {
      if (file.endsWith('.deb'))
        await runProgram('dpkg-deb', ['--extract', join(work, file), unpacked], { env });
    }
    await runProgram('chmod', ['-R', 'go-w', unpacked], { env });
    if (!(await usableProgram(unpacked, wanted, env)))
      throw new Error(`The downloaded ${wanted.name} does not run here.`);
    return await moveToCache(unpacked, cached, wanted, env);
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

/** Fetches package lists into a folder of ours, which needs no root, and returns apt's options to use them. */
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

/** Moves the unpacked files to the cache, unless another process was faster. */
async function moveToCache(
  unpacked: string,
  cached: string,
  wanted: AptPackage,
  env: NodeJS.ProcessEnv,
): Promise<LocalProgram> {
  try {
    await rename(unpacked, cached);
  } catch {
    if (!(await cachedProgram(cached, wanted, env))) {
      // The cached program was made for an older system.
      await rm(cached, { recursive: true, force: true });
      await rename(unpacked, cached);
    }
  }
  const program = await cachedProgram(cached, wanted, env);
  if (program) return program;
  throw new Error(`The ${wanted.name} in ${cached} does not run.`);
}

/** The cached program, if it still runs. Throws if another user could have changed it. */
async function cachedProgram(
  cached: string,
  wanted: AptPackage,
  env: NodeJS.ProcessEnv,
): Promise<LocalProgram | undefined> {
  if (!existsSync(cached)) return undefined;
  await requireOwnFiles(cached);
  return await usableProgram(cached, wanted, env);
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
