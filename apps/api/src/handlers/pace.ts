import type { RequestHandler } from 'express';

import { type ApiContext, redisAnswers } from '../api-context.ts';
import { parseBody } from '../parse-body.ts';
import { paceBody } from '../schemas.ts';
import { statusOf } from './status.ts';

/** `PUT /pace`: the budget of all workers together, from now on, also for the runs to come. */
export function pace(context: ApiContext): RequestHandler {
  return async (request, response) => {
    const { maxWriteUnitsPerSecond } = parseBody(paceBody, request.body);
    await redisAnswers(context);
    await context.rateController.setMaximum(maxWriteUnitsPerSecond);
    response.json(await statusOf(context));
  };
}
