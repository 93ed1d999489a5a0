import { answers } from '@migrator/engine';

import { basePath } from '../api-context.ts';
import { route } from '../route.ts';
import { readStatus } from '../read-status.ts';

export const status = route({
  id: 'status',
  method: 'get',
  path: `${basePath}/status`,
  tag: 'Runs',
  summary: 'What goes on, and how the last run ended',
  needsRedis: true,
  answers: { 200: { says: 'The status', schema: answers.status } },
  handle:
    (context) =>
    async ({ response }) => {
      response.json(await readStatus(context));
    },
});
