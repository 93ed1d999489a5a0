import { answers } from '@migrator/engine';
import { requireWrites } from '@migrator/queue';

import { type Route, route } from '../route.ts';

export const healthz = alive('healthz');
/** An alias that many tools expect. */
export const health = alive('health');

function alive(id: string): Route {
  return route({
    id,
    path: `/${id}`,
    tag: 'Watching',
    summary: 'Whether the process is alive',
    access: 'open',
    needsRedis: false,
    answers: { 200: { description: 'Alive', schema: answers.health } },
    handle: (_context, { response }) => {
      response.json({ status: 'ok' });
    },
  });
}

/** Ready: Redis can be reached and accepts writes. */
export const readyz = route({
  id: 'readyz',
  path: '/readyz',
  tag: 'Watching',
  summary: 'Whether requests can be served (Redis accepts writes)',
  access: 'open',
  answers: { 200: { description: 'Ready', schema: answers.health } },
  handle: async (context, { response }) => {
    if (context.stopping.aborted) response.status(503).json({ status: 'stopping' });
    else {
      await requireWrites(context.redis, context.prefix);
      response.json({ status: 'ready' });
    }
  },
});
