import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below the range of outgoing connections (from 32,768 on Linux), any of which may take a free port. */
const ports = { from: 12_000, to: 32_000 };
const tries = 100;

/** A port of 127.0.0.1 that was free a moment ago. Another program may take it first, so be ready to choose again. */
export async function freePort(): Promise<number> {
  for (let time = 0; time < tries; time += 1) {
    const port = randomInt(ports.from, ports.to);
    if (await isPortFree(port)) return port;
  }
  throw new Error(`none of ${tries} ports between ${ports.from} and ${ports.to} is free`);
}

/** Whether a program could listen on this port of 127.0.0.1 now. */
export async function isPortFree(port: number): Promise<boolean> {
  const server = createServer();
  server.listen({ host: '127.0.0.1', port, exclusive: true });
  try {
    await once(server, 'listening');
  } catch {
    return false;
  }
  await server[Symbol.asyncDispose]();
  return true;
}
