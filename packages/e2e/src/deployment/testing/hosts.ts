import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { runProgram } from '@migrator/devkit';

/** Hosts of their own, as far as the network goes: namespaces on a bridge, with addresses for benchmarks (RFC 2544). */
export interface Hosts extends AsyncDisposable {
  /** The namespaces' names, for `ip netns exec`. */
  readonly names: readonly string[];
  /** This machine's address on the bridge. */
  readonly address: string;
  /** Makes a port of 127.0.0.1 reachable for the hosts, on the same port of `address`. */
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

export async function makeHosts(count: number): Promise<Hosts> {
  const unique = `mg${randomInt(0x10000).toString(16)}`;
  const net = `198.18.${randomInt(1, 255)}`;
  const bridge = `${unique}b`;
  const names = Array.from({ length: count }, (_, index) => `${unique}h${index}`);
  const servers: Server[] = [];
  const sockets = new Set<Socket>();
  const remove = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    for (const server of servers) {
      server.close();
      await once(server, 'close');
    }
    for (const name of names) await ip('netns', 'delete', name).catch(() => '');
    await ip('link', 'delete', bridge).catch(() => '');
  };
  try {
    await ip('link', 'add', bridge, 'type', 'bridge');
    await ip('address', 'add', `${net}.1/24`, 'dev', bridge);
    await ip('link', 'set', bridge, 'up');
    for (const [index, name] of names.entries()) {
      await ip('netns', 'add', name);
      await ip('link', 'add', `${name}v`, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', name);
      await ip('link', 'set', `${name}v`, 'master', bridge, 'up');
      await ip('-netns', name, 'address', 'add', `${net}.${index + 2}/24`, 'dev', 'eth0');
      await ip('-netns', name, 'link', 'set', 'eth0', 'up');
      await ip('-netns', name, 'link', 'set', 'lo', 'up');
    }
  } catch (error) {
    await remove();
    throw error;
  }
  const keep = (socket: Socket): Socket => {
    sockets.add(socket);
    return socket.on('error', () => {}).on('close', () => sockets.delete(socket));
  };
  return {
    names,
    address: `${net}.1`,
    async open(port) {
      const server = createServer((outer) => {
        const inner = keep(connect(port, '127.0.0.1'));
        keep(outer).pipe(inner).pipe(outer);
        outer.on('close', () => inner.destroy());
        inner.on('close', () => outer.destroy());
      });
      server.listen(port, `${net}.1`);
      await once(server, 'listening');
      servers.push(server);
    },
    async cut(name) {
      await ip('link', 'set', `${name}v`, 'down');
    },
    async heal(name) {
      await ip('link', 'set', `${name}v`, 'up');
    },
    [Symbol.asyncDispose]: remove,
  };
}

function ip(...args: readonly string[]): Promise<string> {
  return runProgram('ip', args);
}
