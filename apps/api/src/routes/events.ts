import { basePath } from '../api-context.ts';
import { EventFeed } from '../event-feed.ts';
import { eventStream, streamEvents } from '../event-stream.ts';
import { route } from '../route.ts';

export const events = route({
  id: 'events',
  method: 'get',
  path: `${basePath}/events`,
  tag: 'Watching',
  summary: 'What goes on, as Server-Sent Events',
  description:
    '`state` at each change with what `/status` says; `progress` about once a second while something runs.',
  needsRedis: true,
  answers: { 200: { says: 'A stream without an end', type: 'text/event-stream' } },
  handle: (context) => {
    const feed = new EventFeed(context);
    return async ({ request, response }) => {
      // It would be an answer without an end.
      if (request.method === 'HEAD') response.type(eventStream).end();
      else await streamEvents(feed, request, response, context.stopping);
    };
  },
});
