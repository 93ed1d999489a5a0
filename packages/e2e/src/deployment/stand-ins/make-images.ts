/*
 * Makes stand-ins for the images that docker-compose.yml names, from files of this machine, for an engine that can't
 * fetch them, and builds our own images on top of them with the real Dockerfile. It proves the wiring (order of start,
 * health checks, addresses, rights, a clean stop), and says nothing about the vendors' images: Redis is this machine's
 * redis-server, DynamoDB is dynalite, Firestore is our emulator, and the base of our images is this machine's Node.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { findLocalProgram } from '@migrator/devkit';

import { runProgram } from '@migrator/devkit';

const root = fileURLToPath(new URL('../../../../../', import.meta.url));
const shellTools = [
  'sh',
  'bash',
  'env',
  'ls',
  'cat',
  'mkdir',
  'cp',
  'rm',
  'ln',
  'uname',
  'chmod',
  'id',
  'sleep',
];

/** The images of docker-compose.yml, on the engine that DOCKER_HOST names. Needs the npm registry. */
export async function makeImages(): Promise<void> {
  const { program } = await findLocalProgram('redis-server', { env: process.env, notice: () => {} });
  if (program === undefined) throw new Error('There is no redis-server on this machine.');
  const dockerfile = await readFile(join(root, 'Dockerfile'), 'utf8');
  const nodeImage = /^ARG NODE_IMAGE=(\S+)$/m.exec(dockerfile)?.[1] ?? '';

  const npm = dirname(dirname(await realpath(await which('npm'))));
  await importImage(nodeImage, {
    programs: [process.execPath, ...(await Promise.all(shellTools.map(which)))],
    trees: [
      // What pnpm, a program of its own, and the look-up of names want of the C library.
      ...[
        'librt.so.1',
        'libpthread.so.0',
        'libdl.so.2',
        'libresolv.so.2',
        'libnss_dns.so.2',
        'libnss_files.so.2',
      ].map(ofTheSystem),
      [npm, '/usr/lib/node_modules/npm'],
      // The registry's certificate may be vouched for by an authority of this place.
      ['/etc/ssl/certs', '/etc/ssl/certs'],
      ['/usr/share/ca-certificates', '/usr/share/ca-certificates'],
      ['/usr/local/share/ca-certificates', '/usr/local/share/ca-certificates'],
    ],
    links: [['../lib/node_modules/npm/bin/npm-cli.js', '/usr/bin/npm']],
    files: [['/usr/etc/npmrc', 'cafile=/etc/ssl/certs/ca-certificates.crt\nupdate-notifier=false\n']],
  });
  await importImage('redis:8.10.0-alpine', {
    programs: [
      program.command,
      join(dirname(program.command), 'redis-cli'),
      await which('sh'),
      await which('grep'),
    ],
    libraryPath: program.libraryPath,
    folders: ['/data'],
    files: [],
  });

  await build(dockerfile, 'app', 'trading-journal-migrator:local');
  await build(dockerfile, 'fill', 'trading-journal-migrator-fill:local');
  const workspace = dockerfile.slice(0, dockerfile.indexOf('FROM workspace AS'));
  const standIn = `${workspace}
FROM workspace AS stand-in
RUN pnpm install --frozen-lockfile --config.optional=false --filter '@migrator/e2e...'
ENTRYPOINT ["sh", "packages/e2e/src/deployment/stand-ins/entrypoint.sh"]
`;
  for (const tag of [
    'amazon/dynamodb-local:3.3.1',
    'gcr.io/google.com/cloudsdktool/google-cloud-cli:583.0.0-emulators',
  ]) {
    await build(standIn, 'stand-in', tag);
  }
}

function ofTheSystem(name: string): [from: string, to: string] {
  const path = `/lib/x86_64-linux-gnu/${name}`;
  return [path, path];
}

/** The classic builder: a client without its plugin has no other. In the host's network, where the registry is. */
async function build(dockerfile: string, target: string, tag: string): Promise<void> {
  const args = ['build', '--network', 'host', '--target', target, '--tag', tag, '--file', '-', root];
  await runProgram('docker', args, { env: { ...process.env, DOCKER_BUILDKIT: '0' }, input: dockerfile });
}

interface Content {
  readonly programs: readonly string[];
  readonly trees?: readonly (readonly [from: string, to: string])[];
  readonly links?: readonly (readonly [target: string, at: string])[];
  readonly files: readonly (readonly [at: string, text: string])[];
  readonly folders?: readonly string[];
  readonly libraryPath?: string;
}

/** An image with these programs in /usr/bin, and the libraries that they need. */
async function importImage(tag: string, content: Content): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'stand-in-'));
  try {
    for (const name of ['bin', 'lib', 'lib64', 'sbin']) {
      await mkdir(join(folder, 'usr', name), { recursive: true });
      await symlink(`usr/${name}`, join(folder, name));
    }
    await mkdir(join(folder, 'tmp'), { mode: 0o777 });
    await mkdir(join(folder, 'etc'));
    await writeFile(
      join(folder, 'etc/passwd'),
      'root:x:0:0::/root:/bin/sh\nnode:x:1000:1000::/home/node:/bin/sh\n',
    );
    await writeFile(join(folder, 'etc/group'), 'root:x:0:\nnode:x:1000:\n');
    for (const program of content.programs) {
      await cp(program, join(folder, 'usr/bin', basename(program)), { dereference: true });
      for (const library of await librariesOf(program, content.libraryPath)) {
        const known = library.startsWith('/lib') || library.startsWith('/usr/lib');
        const at = known ? library : join('/usr/lib/x86_64-linux-gnu', basename(library));
        await cp(library, join(folder, at), { dereference: true });
      }
    }
    for (const [from, to] of content.trees ?? []) {
      await cp(from, join(folder, to), { recursive: true, verbatimSymlinks: true });
    }
    for (const at of content.folders ?? []) await mkdir(join(folder, at), { recursive: true, mode: 0o777 });
    for (const [target, at] of content.links ?? []) await symlink(target, join(folder, at));
    for (const [at, text] of content.files) {
      await mkdir(dirname(join(folder, at)), { recursive: true });
      await writeFile(join(folder, at), text);
    }
    const tar = spawn('tar', ['--create', '--owner=0', '--group=0', '--directory', folder, '.'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const docker = spawn('docker', ['import', '--change', 'ENV PATH=/usr/bin:/bin', '-', tag], {
      stdio: [tar.stdout, 'ignore', 'inherit'],
    });
    const [code] = (await once(docker, 'close')) as [number | null];
    if (code !== 0) throw new Error(`docker import ${tag} failed.`);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function librariesOf(program: string, libraryPath: string | undefined): Promise<string[]> {
  const env = { ...process.env, ...(libraryPath === undefined ? {} : { LD_LIBRARY_PATH: libraryPath }) };
  const listed = await runProgram('ldd', [program], { env });
  return [...listed.matchAll(/(\/\S+\.so\S*)/g)].map(([, path = '']) => path);
}

async function which(name: string): Promise<string> {
  return (await runProgram('sh', ['-c', `command -v ${name}`])).trim();
}

if (import.meta.main) {
  process.stdout.write(
    'Stand-ins: this proves the wiring, and nothing about the images of Redis, Amazon and Google.\n',
  );
  await makeImages();
}
