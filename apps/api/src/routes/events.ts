import type { Request, Response } from 'express';

import { type ApiContext, basePath } from '../api-context.ts';
import { EventFeed, type FeedEvent } from '../event-feed.ts';
import { route } from '../route.ts';

const eventStream = 'text/event-stream; charset=utf-8';
const heartbeatMs = 15_000;
const reconnectMs = 2_000;
const unreadLimit = 1024 * 1024;

const feeds = new WeakMap<ApiContext, EventFeed>();

export const events = route({
  id: 'events',
  path: `${basePath}/events`,
  tag: 'Watching',
  summary: 'The status as Server-Sent Events',
  description:
    '`state` at each change with the response of `/status`; `progress` about once a second while something runs.',
  answers: { 200: { description: 'An endless stream', type: 'text/event-stream' } },
  handle: async (context, { request, response }) => {
    const feed = feeds.get(context) ?? new EventFeed(context);
    feeds.set(context, feed);
    // HEAD of an endless response would never end.
    if (request.method === 'HEAD') response.type(eventStream).end();
    else await streamEvents(feed, request, response, context.stopping);
  },
});

/** Sends the feed's events until the reader disconnects, or the server stops. */
async function streamEvents(
  feed: EventFeed,
  request: Request,
  response: Response,
  stopping: AbortSignal,
): Promise<void> {
  const send = ({ id, name, data }: FeedEvent): void => {
    response.write(`id: ${id}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
    // End the stream of a reader that is too slow; it reconnects.
    if (response.writableLength > unreadLimit) response.destroy();
  };
  const backlog: FeedEvent[] = [];
  let open = false;
  const unsubscribe = await feed.listen(request.get('last-event-id'), (event) =>
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
    unsubscribe();
    stopping.removeEventListener('abort', end);
    response.end();
  };
  stopping.addEventListener('abort', end, { once: true });
  if (stopping.aborted || response.closed) end();
  response.on('close', end);
}
