import { createServer } from 'node:net';
import { crc32 } from 'node:zlib';
import { discarding, keeping } from './dynamodb-answers.ts';
import { readHttpRequests } from './http-requests.ts';
import { listen } from './listen.ts';

/** A DynamoDB that costs as little as can be, with the headers of the real one. `--keep`: it keeps what is put. */
const answers = process.argv.includes('--keep') ? keeping() : discarding;
const requestId = 'BENCH0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789A';

const server = createServer((socket) => {
  socket.setNoDelay(true);
  socket.on('error', () => {});
  readHttpRequests(socket, (request) => {
    const body = answers(request);
    socket.write(
      `HTTP/1.1 200 OK\r\nServer: Server\r\nDate: ${date()}\r\nContent-Type: application/x-amz-json-1.0\r\n` +
        `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: keep-alive\r\nx-amzn-RequestId: ${requestId}\r\n` +
        `x-amz-crc32: ${crc32(body)}\r\n\r\n${body}`,
    );
  });
});

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

listen(server);
