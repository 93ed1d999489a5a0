import { createServer, type ServerHttp2Stream } from 'node:http2';
import { listen } from './listen.ts';
import { answers } from './firestore-answers.ts';

/**
 * A Firestore with the lowest possible cost: gRPC is a POST over HTTP/2 with five bytes before each message, and a
 * page is written at once.
 */
const server = createServer();

server.on('stream', (stream: ServerHttp2Stream, headers) => {
  const method = String(headers[':path']).split('/').at(-1) ?? '';
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  stream.on('error', () => {});
  stream.on('end', () => {
    const answer = answers[method];
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
    stream.on('wantTrailers', () => {
      const status =
        answer === undefined ? { 'grpc-status': '12', 'grpc-message': method } : { 'grpc-status': '0' };
      stream.sendTrailers(status);
    });
    if (answer === undefined) stream.end();
    else stream.end(Buffer.concat([...answer(Buffer.concat(chunks).subarray(5))].flatMap(framed)));
  });
});

function framed(message: Uint8Array): readonly Uint8Array[] {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  return [head, message];
}

listen(server);
