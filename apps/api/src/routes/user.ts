import { MigrationError, taskId } from '@migrator/core';
import { answers, requests } from '@migrator/engine';

import { basePath } from '../api-context.ts';
import { route } from '../route.ts';

export const user = route({
  id: 'user',
  method: 'get',
  path: `${basePath}/migrations/:id/users/:userId`,
  tag: 'Runs',
  summary: 'How far a run is with one user',
  params: requests.userPath,
  needsRedis: true,
  answers: { 200: { says: 'The user in this run', schema: answers.userState } },
  problems: ['NOT_FOUND'],
  handle:
    ({ ledger }) =>
    async ({ id, request, response }) => {
      const operation = await ledger.get(id);
      if (operation?.kind !== 'migration')
        throw new MigrationError('NOT_FOUND', `There is no migration '${id}'`);
      const userId = String(request.params['userId']);
      const task = taskId({ type: 'user', userId });
      const [known, issues] = await Promise.all([ledger.readTask(id, task), ledger.taskIssues(id, task)]);
      response.json({
        migrationId: id,
        userId,
        state: known?.state ?? 'unknown',
        counts: known?.counters ?? {},
        failures: issues.map(({ code, detail }) => ({
          path: detail.path ?? '',
          code,
          message: detail.message ?? '',
          attempts: detail.attempts ?? 1,
        })),
      });
    },
});
