import { readFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { parseArgs } from 'node:util';
import { crc32 } from 'node:zlib';
import { type Answers, discarding, keeping, FakeException, withoutStatements } from './dynamodb-answers.ts';
import { readHttpRequests } from './http-requests.ts';
import { listen } from './listen.ts';

/**
 * A DynamoDB with the lowest possible cost and the headers of the real one. `--keep`: it stores items.
 * `--without-statements`: it has no BatchExecuteStatement. `--tls FOLDER`: over TLS, with the `key.pem` and `cert.pem` there.
 * On a message it replies with the number of calls by action since the last reply.
 */
const { values } = parseArgs({
  options: {
    keep: { type: 'boolean', default: false },
    'without-statements': { type: 'boolean', default: false },
    tls: { type: 'string' },
  },
});
const answers: Answers = values.keep
  ? keeping()
  : values['without-statements']
    ? withoutStatements
    : discarding;
const requestId = 'BENCH0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789A';

let calls: Record<string, number> = {};
process.on('message', (message: unknown) => {
  if (typeof message !== 'object' || message === null || !('callsAsked' in message)) return;
  process.send?.({ calls });
  calls = {};
});

const serve = (socket: Socket): void => {
  socket.setNoDelay(true);
  socket.on('error', () => {});
  readHttpRequests(socket, (request) => {
    calls[request.action] = (calls[request.action] ?? 0) + 1;
    let status = '200 OK';
    let body: string;
    try {
      body = answers(request);
    } catch (error) {
      if (!(error instanceof FakeException)) throw error;
      status = '400 Bad Request';
      body = error.body;
    }
    socket.write(
      `HTTP/1.1 ${status}\r\nServer: Server\r\nDate: ${date()}\r\nContent-Type: application/x-amz-json-1.0\r\n` +
        `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: keep-alive\r\nx-amzn-RequestId: ${requestId}\r\n` +
        `x-amz-crc32: ${crc32(body)}\r\n\r\n${body}`,
    );
  });
};

let shown = '';
let shownAt = 0;
function date(): string {
  const now = Date.now();
  if (now - shownAt >= 1_000) {
    shown = new Date(now).toUTCString();
    shownAt = now;
  }
  return shown;
}

const { tls } = values;
if (tls === undefined) listen(createServer(serve));
else {
  const [key, cert] = ['key.pem', 'cert.pem'].map((name) => readFileSync(join(tls, name)));
  listen(createTlsServer({ key, cert, ALPNProtocols: ['http/1.1'] }, serve));
}
