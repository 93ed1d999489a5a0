import { once } from 'node:events';
import { connect, createServer } from 'node:net';

/** A way to Redis that can lose an answer and the connection with it. */
export async function startCuttableLine(
  redisUrl: URL,
): Promise<{ port: number; cutAtNextAnswer: () => void; stop: () => Promise<void> }> {
  let isToBeCut = false;
  const server = createServer((client) => {
    const upstream = connect(Number(redisUrl.port), redisUrl.hostname);
    client.on('error', () => upstream.destroy()).on('close', () => upstream.destroy());
    upstream.on('error', () => client.destroy()).on('close', () => client.destroy());
    client.pipe(upstream);
    upstream.on('data', (answer) => {
      if (!isToBeCut) client.write(answer);
      else {
        isToBeCut = false;
        client.destroy();
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('the line has no port');
  return {
    port: address.port,
    cutAtNextAnswer() {
      isToBeCut = true;
    },
    async stop() {
      server.close();
      await once(server, 'close');
    },
  };
}
