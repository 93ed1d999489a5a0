import type { Socket } from 'node:net';

export interface HttpRequest {
  /** `PutItem` */
  readonly action: string;
  readonly body: Buffer;
}

const endOfHead = '\r\n\r\n';

/**
 * Reads HTTP/1.1 requests with a Content-Length from a socket, and calls `onRequest` with each complete one. Far less
 * work than Node's own server, which leaves the CPU to the client.
 */
export function readHttpRequests(socket: Socket, onRequest: (request: HttpRequest) => void): void {
  let kept: Buffer[] = [];
  let length = 0;
  let wanted = 0;
  socket.on('data', (chunk: Buffer) => {
    kept.push(chunk);
    length += chunk.length;
    while (length > 0 && length >= wanted) {
      const all = kept.length === 1 ? kept[0]! : Buffer.concat(kept);
      const next = takeRequest(all);
      kept = [next.rest];
      length = next.rest.length;
      wanted = next.wanted;
      if (next.request === undefined) return;
      onRequest(next.request);
    }
  });
}

function takeRequest(bytes: Buffer): { request?: HttpRequest; rest: Buffer; wanted: number } {
  const end = bytes.indexOf(endOfHead);
  if (end < 0) return { rest: bytes, wanted: bytes.length + 1 };
  const head = bytes.toString('latin1', 0, end);
  const from = end + endOfHead.length;
  const to = from + Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0);
  if (bytes.length < to) return { rest: bytes, wanted: to };
  const action = /\r\nx-amz-target: *DynamoDB_20120810\.(\w+)/i.exec(head)?.[1] ?? '';
  return { request: { action, body: bytes.subarray(from, to) }, rest: bytes.subarray(to), wanted: 0 };
}
