import type { Control } from '@migrator/core';
import { answers, controlCurrent, requests } from '@migrator/engine';

import { basePath } from '../api-context.ts';
import { type Route, route } from '../route.ts';
import { readStatus } from '../read-status.ts';

const newStatus = { 200: { description: 'The new status', schema: answers.status } };

export const pause = control('pause', 'pause', 'Pause the active operation');
export const resume = control('resume', 'run', 'Resume the paused operation');
export const cancel = control('cancel', 'cancel', 'Cancel the active operation; final');

function control(id: string, wanted: Control, summary: string): Route {
  return route({
    id,
    method: 'post',
    path: `${basePath}/${id}`,
    tag: 'Runs',
    summary,
    body: requests.noBody,
    answers: newStatus,
    problems: ['NOTHING_RUNNING'],
    handle: async (context, { response }) => {
      await controlCurrent(context, wanted);
      response.json(await readStatus(context));
    },
  });
}

export const pace = route({
  id: 'pace',
  method: 'put',
  path: `${basePath}/pace`,
  tag: 'Runs',
  summary: 'Limit the write units a second',
  description:
    'For all workers together, from now on. Set while an operation runs, it ends with that; set while none runs, it stays until it is set again.',
  body: requests.paceBody,
  answers: newStatus,
  handle: async (context, { body, response }) => {
    const operation = await context.ledger.current();
    await context.rateController.setMaximum(body.maxWriteUnitsPerSecond, operation?.id);
    response.json(await readStatus(context));
  },
});
