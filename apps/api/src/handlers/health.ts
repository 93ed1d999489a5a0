import { requireWrites } from '@migrator/queue';
import type { RequestHandler } from 'express';

import { type ApiContext, redisAnswers } from '../api-context.ts';

/** `GET /healthz`: the process is alive. */
export const healthz: RequestHandler = (_request, response) => {
  response.json({ status: 'ok' });
};

/** `GET /readyz`: it can take work, which needs a Redis that takes writes. */
export function readyz(context: ApiContext): RequestHandler {
  return async (_request, response) => {
    if (context.stopping.aborted) response.status(503).json({ status: 'stopping' });
    else {
      await redisAnswers(context);
      await requireWrites(context.redis, context.prefix);
      response.json({ status: 'ready' });
    }
  };
}
