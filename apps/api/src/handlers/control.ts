import type { Control } from '@migrator/core';
import { controlCurrent } from '@migrator/engine';
import type { RequestHandler } from 'express';

import { type ApiContext, redisAnswers } from '../api-context.ts';
import { parseBody } from '../parse-body.ts';
import { noBody } from '../schemas.ts';
import { statusOf } from './status.ts';

/** `POST /pause`, `/resume` and `/cancel`. */
export function control(context: ApiContext, wanted: Control): RequestHandler {
  return async (request, response) => {
    parseBody(noBody, request.body);
    await redisAnswers(context);
    await controlCurrent(context, wanted);
    response.json(await statusOf(context));
  };
}
