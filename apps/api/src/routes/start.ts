import type { MigrationRequest } from '@migrator/core';
import { answers, OperationRunningError, preflight, requests, startOperation } from '@migrator/engine';
import { requireFitRedis } from '@migrator/queue';
import type { Response } from 'express';

import { type ApiContext, basePath } from '../api-context.ts';
import { callerGone } from '../caller-gone.ts';
import { rememberRunning } from '../ledger-loss-notice.ts';
import { waitForEnd } from '../wait-for-end.ts';
import { runReport } from '../run-report.ts';
import { route } from '../route.ts';
import { sourceProblems, targetProblems } from '../service-problems.ts';

export const start = route({
  id: 'start',
  method: 'post',
  path: `${basePath}/start`,
  tag: 'Runs',
  summary: 'Start a migration',
  description:
    'One run, verification, rollback or retry at a time; the others are refused with the id of what runs.',
  body: requests.startBody,
  needsRedis: true,
  waits: 0,
  answers: {
    200: { says: 'It is over: its result', schema: answers.finished },
    202: { says: 'It has begun', schema: answers.started },
  },
  problems: [
    'OPERATION_RUNNING',
    'NO_DATA',
    'PRUNE_SOURCE_EMPTY',
    ...sourceProblems,
    ...targetProblems,
    'REDIS_EVICTS',
    'SOURCE_UNAVAILABLE',
    'SOURCE_THROTTLED',
    'TARGET_UNAVAILABLE',
    'THROTTLED',
  ],
  handle:
    (context) =>
    async ({ body: { userIds, ...options }, response, waitMs }) => {
      await requireFitRedis(context.redis, context.prefix);
      const opened = await open(context, response, {
        kind: 'migration',
        ...options,
        userIds: userIds === undefined ? undefined : [...new Set(userIds)],
      });
      const operation = waitMs === 0 ? opened : await waitForEnd(context, opened, waitMs);
      if (waitMs > 0) response.set('Preference-Applied', `wait=${waitMs / 1_000}`);
      const report = await runReport(context, operation);
      const { dryRun: _, startedAt: _s, finishedAt: _f, rolledBackBy: _r, ...result } = report;
      const { migrationId, source, target, stats } = result;
      const links = linksOf(migrationId);
      if (operation.state !== 'running') response.json({ ...result, links });
      else
        response
          .status(202)
          .location(links.self)
          .json({ migrationId, source, target, stats, verification: null, links });
    },
});

async function open(context: ApiContext, response: Response, wanted: MigrationRequest) {
  // Before the preflight, which may take seconds and reads from a source that is busy already.
  const current = await context.ledger.current();
  if (current !== undefined) throw new OperationRunningError(current);
  const caller = callerGone(response);
  await preflight(context, wanted, caller);
  const opened = await startOperation(context, wanted, caller);
  rememberRunning(context.ledger, opened.id);
  return opened;
}

function linksOf(migrationId: string) {
  const self = `${basePath}/migrations/${migrationId}`;
  return { self, status: `${basePath}/status`, failures: `${self}/failures`, jobs: '/admin/queues' };
}
