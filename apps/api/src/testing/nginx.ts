import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { findProgramForTests, freePort } from '@migrator/devkit';
import { vi } from 'vitest';

export interface Nginx extends AsyncDisposable {
  readonly port: number;
}

/**
 * A real nginx before a server, with these lines for what is below the path. Undefined where this machine has none and no
 * way to one; the reason is printed.
 */
export async function startNginx(path: string, lines: readonly string[]): Promise<Nginx | undefined> {
  const program = await findProgramForTests('nginx');
  if (program === undefined) return undefined;
  const { command, libraryPath } = program;
  const folder = await mkdtemp(join(tmpdir(), 'nginx-'));
  const port = await freePort();
  const file = join(folder, 'nginx.conf');
  await writeFile(file, configuration(folder, port, path, lines));
  const nginx = spawn(command, ['-p', folder, '-c', file, '-e', 'stderr'], {
    env: { ...process.env, LD_LIBRARY_PATH: libraryPath },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const closed = once(nginx, 'close');
  await vi.waitFor(() => canConnect(port), { timeout: 20_000, interval: 50 });
  return {
    port,
    async [Symbol.asyncDispose]() {
      nginx.kill('SIGTERM');
      await closed;
      await rm(folder, { recursive: true });
    },
  };
}

function configuration(folder: string, port: number, path: string, lines: readonly string[]): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${folder}/${name};`,
  );
  return `daemon off;
master_process off;
pid ${folder}/nginx.pid;
events {}
http {
  access_log off;
  ${temporary.join('\n  ')}
  server {
    listen 127.0.0.1:${port};
    location ${path} {
      ${lines.join('\n      ')}
    }
  }
}
`;
}

async function canConnect(port: number): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
  } finally {
    socket.destroy();
  }
}
