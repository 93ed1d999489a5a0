import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import type { RedisProgram } from './redis-protocol.ts';
import { runProgram } from './run-program.ts';

export interface AptOptions {
  /** A folder that keeps the program for the next time. */
  cacheDir: string;
  env: NodeJS.ProcessEnv;
  notice: (line: string) => void;
}

/**
 * Brings the system's own package `redis-server` without installing it: apt downloads and checks it with the libraries
 * that this machine lacks, and they are unpacked into a cache folder. So it takes no root, starts no system service and
 * waits for nobody's lock. Two processes may do this at once: the one that is done first wins.
 */
export async function downloadRedisWithApt({ cacheDir, env, notice }: AptOptions): Promise<RedisProgram> {
  const kept = join(cacheDir, 'redis-server');
  const cached = await usableProgram(kept, env);
  if (cached) return cached;

  notice(
    `redis-server is not installed: downloading its package with apt-get into ${kept} (the system stays as it is).`,
  );
  await mkdir(cacheDir, { recursive: true });
  const work = await mkdtemp(join(cacheDir, 'download-'));
  try {
    const unpacked = join(work, 'unpacked');
    try {
      await download(work, [], env);
    } catch {
      // No package lists (a fresh container has none) or outdated ones: fetch lists of our own.
      await download(work, await freshLists(work, env), env);
    }
    for (const file of await readdir(work)) {
      if (file.endsWith('.deb'))
        await runProgram('dpkg-deb', ['--extract', join(work, file), unpacked], { env });
    }
    if (!(await usableProgram(unpacked, env)))
      throw new Error('The downloaded redis-server does not run here.');
    return await keep(unpacked, kept, env);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Downloads `redis-server` and whatever it needs that is not installed, as .deb files into a folder. */
async function download(
  folder: string,
  listOptions: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<void> {
  // `Debug::NoLocking`: a simulation needs no lock, and without root could not take it.
  const options = [...listOptions, '-o', 'Debug::NoLocking=1', '-o', 'APT::Sandbox::User=root'];
  const plan = await runProgram(
    'apt-get',
    ['install', '--simulate', '--no-install-recommends', ...options, 'redis-server'],
    { env: { ...env, LC_ALL: 'C' } },
  );
  const packages = [...plan.matchAll(/^Inst (\S+)/gm)].map(([, name = '']) => name);
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
async function keep(unpacked: string, kept: string, env: NodeJS.ProcessEnv): Promise<RedisProgram> {
  const mine = (): Promise<void> => rename(unpacked, kept);
  try {
    await mine();
  } catch {
    if (!(await usableProgram(kept, env))) {
      // What is kept there was made for an older system.
      await rm(kept, { recursive: true, force: true });
      await mine();
    }
  }
  const program = await usableProgram(kept, env);
  if (program) return program;
  throw new Error(`The redis-server in ${kept} does not run.`);
}

async function usableProgram(root: string, env: NodeJS.ProcessEnv): Promise<RedisProgram | undefined> {
  const command = join(root, 'usr', 'bin', 'redis-server');
  const libraryPath = (await libraryFolders(root)).join(delimiter);
  try {
    await runProgram(command, ['--version'], { env: { ...env, LD_LIBRARY_PATH: libraryPath } });
    return { command, libraryPath };
  } catch {
    return undefined;
  }
}

/** Debian keeps libraries in a folder for each architecture (`usr/lib/x86_64-linux-gnu`). */
async function libraryFolders(root: string): Promise<string[]> {
  const folders: string[] = [];
  for (const base of [join(root, 'usr', 'lib'), join(root, 'lib')]) {
    const names = await readdir(base).catch(() => []);
    folders.push(...names.filter((name) => name.includes('-linux-')).map((name) => join(base, name)), base);
  }
  return folders;
}
