import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { ExpressAdapter } from '@bull-board/express';
import type { MigrationQueues } from '@migrator/queue';
import type { RequestHandler } from 'express';

export const boardPath = '/admin/queues';

/** Bull Board over the two queues. */
export function bullBoard(queues: MigrationQueues): RequestHandler {
  const serverAdapter = new ExpressAdapter();
  serverAdapter.setBasePath(boardPath);
  createBullBoard({
    serverAdapter,
    queues: [
      new BullMQAdapter(queues.coordinators, {
        description: 'One job for each run, verification and rollback',
      }),
      new BullMQAdapter(queues.units, { description: 'One job for each user; retry a failed one here' }),
    ],
    options: { uiConfig: { boardTitle: 'Journal migration' } },
  });
  return serverAdapter.getRouter() as RequestHandler;
}
