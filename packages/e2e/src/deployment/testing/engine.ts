import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { vi } from 'vitest';

import { runProgram } from '@migrator/devkit';

export interface Engine extends AsyncDisposable {
  readonly host: string;
}

/** Whether a Docker engine answers where the client looks for it. */
export async function engineAnswers(): Promise<boolean> {
  try {
    await runProgram('docker', ['version', '--format', '{{.Server.Version}}']);
    return true;
  } catch {
    return false;
  }
}

/**
 * Starts a Docker engine of the tests' own, with a socket and folders of its own, which leaves the rules of the
 * machine's firewall as they are. Needs root and `dockerd`.
 */
export async function startEngine(): Promise<Engine> {
  const folder = await mkdtemp(join(tmpdir(), 'engine-'));
  const host = `unix://${folder}/docker.sock`;
  const child = spawn(
    'dockerd',
    Object.entries({
      host: host,
      'data-root': join(folder, 'data'),
      'exec-root': join(folder, 'exec'),
      pidfile: join(folder, 'pid'),
      bridge: 'none',
      iptables: 'false',
      ip6tables: 'false',
    }).map(([name, value]) => `--${name}=${value}`),
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let output = '';
  child.stderr.on('data', (chunk: Buffer) => (output = (output + chunk.toString()).slice(-3_000)));
  const ended = once(child, 'close');
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await ended;
    // The engine leaves the network namespaces of its containers mounted.
    const mounts = (await readFile('/proc/mounts', 'utf8'))
      .split('\n')
      .map((line) => line.split(' ')[1] ?? '');
    for (const mount of mounts.filter((path) => path.startsWith(folder)).toReversed()) {
      await runProgram('umount', ['--lazy', mount]);
    }
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await vi.waitFor(
      () => runProgram('docker', ['version'], { env: { ...process.env, DOCKER_HOST: host } }),
      { timeout: 30_000 },
    );
  } catch (error) {
    await stop();
    throw new Error(`dockerd did not start: ${output}`, { cause: error });
  }
  return { host, [Symbol.asyncDispose]: stop };
}
