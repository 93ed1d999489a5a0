import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Below the ports that systems give to outgoing connections (from 32,768 on Linux), any of which may take a free one. */
const ports = { from: 12_000, to: 32_000 };
const tries = 100;

function listenOnce(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => {
      const address = server.address();
      server.close(() => {
        if (address === null || typeof address === 'string') reject(new Error('No port was given.'));
        else resolve(address.port);
      });
    });
  });
}

/** A port of 127.0.0.1 that was free a moment ago: another program may be faster, so be ready to choose again. */
export async function freePort(): Promise<number> {
  for (let time = 0; time < tries; time += 1) {
    const port = randomInt(ports.from, ports.to);
    if (await isPortFree(port)) return port;
  }
  throw new Error(`none of ${tries} ports between ${ports.from} and ${ports.to} is free`);
}

/** Whether a program could listen on this port of 127.0.0.1 now. */
export async function isPortFree(port: number): Promise<boolean> {
  try {
    await listenOnce(port);
    return true;
  } catch {
    return false;
  }
}
