import { answers } from '@migrator/engine';

import { basePath } from '../api-context.ts';
import { route } from '../route.ts';
import { readStatus } from '../read-status.ts';

export const status = route({
  id: 'status',
  path: `${basePath}/status`,
  tag: 'Runs',
  summary: 'The current status, and how the last run ended',
  answers: { 200: { description: 'The status', schema: answers.status } },
  handle: async (context, { response }) => {
    response.json(await readStatus(context));
  },
});

export const workers = route({
  id: 'workers',
  path: `${basePath}/workers`,
  tag: 'Watching',
  summary: 'The live workers, oldest first',
  description: 'Those that have reported within ten seconds.',
  answers: { 200: { description: 'The workers', schema: answers.workers } },
  handle: async (context, { response }) => {
    const live = await context.workers.list();
    const now = context.now().getTime();
    response.json({
      workers: live.map(({ lastSeenMs, mismatch = null, ...worker }) => ({
        ...worker,
        lastSeen: new Date(now - lastSeenMs).toISOString(),
        mismatch,
      })),
    });
  },
});
