import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';

import { expect, test } from 'vitest';

import { boundConnections, type ConnectionLimits, serverOptions } from './bound-connections.ts';

const short: ConnectionLimits = { headersMs: 150, requestMs: 300, idleMs: 150, connections: 2 };

async function open(limits: ConnectionLimits) {
  const server = createServer(serverOptions(limits), (request, response) => {
    request.resume().on('end', () => response.end('whole'));
  });
  boundConnections(server, limits);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    async call(sent: string): Promise<Socket> {
      const socket = connect(port, '127.0.0.1');
      await once(socket, 'connect');
      socket.write(sent);
      return socket;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

test.each([
  ['says nothing', '', /^$|^HTTP\/1.1 408 /],
  ['never ends its headers', 'GET / HTTP/1.1\r\nHost: x\r\n', /^HTTP\/1.1 408 /],
  ['never ends its body', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nhalf', /^HTTP\/1.1 408 /],
  ['has no further request', 'GET / HTTP/1.1\r\nHost: x\r\n\r\n', /^HTTP\/1.1 200 .*whole/s],
])('a connection that %s is closed', async (_, sent, answer) => {
  await using server = await open(short);
  expect(await text(await server.call(sent))).toMatch(answer);
});

test('one connection too many is closed at once', async () => {
  await using server = await open({ ...short, headersMs: 60_000, requestMs: 60_000, idleMs: 60_000 });
  const request = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n';
  const kept = [await server.call(request), await server.call(request)];
  await Promise.all(kept.map((socket) => once(socket, 'data')));
  expect(await text(await server.call(request))).toBe('');
  for (const socket of kept) socket.destroy();
});
