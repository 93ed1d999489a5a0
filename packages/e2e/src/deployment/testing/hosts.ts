import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type ListenOptions, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { runProgram, startProgram } from '@migrator/devkit';

/** Hosts of their own, as far as the network goes: namespaces on a bridge, with loopback addresses. */
export interface Hosts extends AsyncDisposable {
  /** The namespaces' names, for `ip netns exec`. */
  readonly names: readonly string[];
  /** An address that means the same for this machine and the hosts. */
  readonly address: string;
  /** Makes a port of 127.0.0.1 reachable on the same port of `address`. */
  open(port: number): Promise<void>;
  /** Takes a host off the net: nothing comes or goes, without notice. */
  cut(name: string): Promise<void>;
  heal(name: string): Promise<void>;
}

/** Why there can be no hosts here; undefined where there can be. */
export async function noHosts(): Promise<string | undefined> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'they take Linux and root';
  const probe = `mg${randomInt(0x10000).toString(16)}p`;
  try {
    await runProgram('ip', ['netns', 'add', probe]);
    await runProgram('ip', ['netns', 'delete', probe]);
    return undefined;
  } catch (error) {
    return `ip netns does not work here: ${String(error)}`;
  }
}

/**
 * All interfaces are in namespaces, the bridge too: Chromium drops its connections whenever one of this machine's
 * interfaces changes, and other tests use it meanwhile.
 */
export async function makeHosts(count: number): Promise<Hosts> {
  const unique = `mg${randomInt(0x10000).toString(16)}`;
  const net = `127.${randomInt(1, 255)}.${randomInt(256)}`;
  const address = `${net}.1`;
  const hub = `${unique}b`;
  const names = Array.from({ length: count }, (_, index) => `${unique}h${index}`);
  await using made = new AsyncDisposableStack();
  // Goes with its bridge.
  made.defer(() => ip('netns', 'delete', hub).then(ignore, ignore));
  await addNamespace(hub);
  await ip('-netns', hub, 'link', 'add', 'bridge0', 'type', 'bridge');
  await ip('-netns', hub, 'address', 'add', `${address}/24`, 'dev', 'bridge0');
  await ip('-netns', hub, 'link', 'set', 'bridge0', 'up');
  for (const [index, name] of names.entries()) {
    made.defer(() => ip('netns', 'delete', name).then(ignore, ignore));
    await addNamespace(name);
    await ip('-netns', hub, 'link', 'add', name, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', name);
    await ip('-netns', hub, 'link', 'set', name, 'master', 'bridge0', 'up');
    await ip('-netns', name, 'address', 'add', `${net}.${index + 2}/24`, 'dev', 'eth0');
    await ip('-netns', name, 'link', 'set', 'eth0', 'up');
  }
  const folder = made.adopt(await mkdtemp(join(tmpdir(), 'hosts-')), (path) => rm(path, { recursive: true }));
  const disposables = made.move();
  return {
    names,
    address,
    async open(port) {
      const listen = async (where: ListenOptions): Promise<void> => {
        const sockets = new Set<Socket>();
        const server = createServer(forwardTo(() => connect(port, '127.0.0.1')));
        server.on('connection', (socket) => sockets.add(socket.on('close', () => sockets.delete(socket))));
        server.listen(where);
        await once(server, 'listening');
        disposables.defer(async () => {
          server.close();
          for (const socket of sockets) socket.destroy();
          await once(server, 'close');
        });
      };
      // A socket in the file system is the way from one namespace to another.
      const path = join(folder, String(port));
      await listen({ path });
      await listen({ port, host: address });

      const forwarder = disposables.use(
        startProgram({ main: { code: forwarderCode(path, port, address) }, host: hub }),
      );
      await forwarder.line(/^listening$/);
    },
    async cut(name) {
      await ip('-netns', hub, 'link', 'set', name, 'down');
    },
    async heal(name) {
      await ip('-netns', hub, 'link', 'set', name, 'up');
    },
    [Symbol.asyncDispose]: () => disposables.disposeAsync(),
  };
}

/** A namespace that takes only 127.0.0.1 for itself, and lets other loopback addresses out. */
async function addNamespace(name: string): Promise<void> {
  await ip('netns', 'add', name);
  const letOut = 'echo 1 > /proc/sys/net/ipv4/conf/all/route_localnet';
  await ip('netns', 'exec', name, 'sh', '-c', letOut);
  await ip('-netns', name, 'link', 'set', 'lo', 'up');
  await ip('-netns', name, 'address', 'add', '127.0.0.1/32', 'dev', 'lo');
  await ip('-netns', name, 'address', 'delete', '127.0.0.1/8', 'dev', 'lo');
}

/** Joins each connection to another one, and ends both together. Also the text of a program, so it uses nothing else. */
function forwardTo(open: () => Socket): (outer: Socket) => void {
  return (outer) => {
    const inner = open();
    outer.on('error', () => {}).on('close', () => inner.destroy());
    inner.on('error', () => {}).on('close', () => outer.destroy());
    outer.pipe(inner).pipe(outer);
  };
}

function forwarderCode(path: string, port: number, address: string): string {
  return `import { connect, createServer } from 'node:net';
${forwardTo.toString()}
createServer(forwardTo(() => connect(${JSON.stringify(path)}))).listen(${port}, '${address}', () => console.log('listening'));`;
}

const ignore = (): void => undefined;

function ip(...args: readonly string[]): Promise<string> {
  return runProgram('ip', args);
}
