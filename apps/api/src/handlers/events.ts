import type { RequestHandler } from 'express';

import { type ApiContext, redisAnswers } from '../api-context.ts';
import { EventFeed, type FeedEvent } from '../event-feed.ts';

const eventStream = 'text/event-stream; charset=utf-8';
const heartbeatMs = 15_000;
const reconnectMs = 2_000;
const unreadLimit = 1024 * 1024;

/** `GET /events`: Server-Sent Events. */
export function events(context: ApiContext): RequestHandler {
  const feed = new EventFeed(context);
  return async (request, response) => {
    // It would be an answer without an end.
    if (request.method === 'HEAD') {
      response.type(eventStream).end();
      return;
    }
    await redisAnswers(context);
    const send = ({ id, name, data }: FeedEvent): void => {
      response.write(`id: ${id}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
      // Who reads no longer, or too slowly, comes back by itself.
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
      context.stopping.removeEventListener('abort', end);
      response.end();
    };
    context.stopping.addEventListener('abort', end, { once: true });
    if (context.stopping.aborted || response.closed) end();
    response.on('close', end);
  };
}
