import type { Request, Response } from 'express';

import type { EventFeed, FeedEvent } from './event-feed.ts';

export const eventStream = 'text/event-stream; charset=utf-8';
const heartbeatMs = 15_000;
const reconnectMs = 2_000;
const unreadLimit = 1024 * 1024;

/** Sends the feed's events until the reader leaves, or the server stops. */
export async function streamEvents(
  feed: EventFeed,
  request: Request,
  response: Response,
  stopping: AbortSignal,
): Promise<void> {
  const send = ({ id, name, data }: FeedEvent): void => {
    response.write(`id: ${id}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
    // A reader that has stopped reading, or is too slow, comes back by itself.
    if (response.writableLength > unreadLimit) response.destroy();
  };
  const backlog: FeedEvent[] = [];
  let open = false;
  const leave = await feed.listen(request.get('last-event-id'), (event) =>
    open ? send(event) : backlog.push(event),
  );
  response.writeHead(200, {
    'Content-Type': eventStream,
    'Cache-Control': 'no-store, no-transform',
    'X-Accel-Buffering': 'no',
  });
  response.write(`retry: ${reconnectMs}\n\n`);
  open = true;
  for (const event of backlog) send(event);
  const heartbeat = setInterval(() => response.write(': heartbeat\n\n'), heartbeatMs);
  const end = (): void => {
    clearInterval(heartbeat);
    leave();
    stopping.removeEventListener('abort', end);
    response.end();
  };
  stopping.addEventListener('abort', end, { once: true });
  if (stopping.aborted || response.closed) end();
  response.on('close', end);
}
