import { MigrationError, type MigrationRequest } from '@migrator/core';
import {
  answers,
  OperationRunningError,
  otherLedgerReason,
  preflight,
  requests,
  startOperation,
  withinLimit,
} from '@migrator/engine';
import { requireFitRedis } from '@migrator/queue';

import { type ApiContext, basePath } from '../api-context.ts';
import { rememberRunning } from '../ledger-loss-notice.ts';
import { runReport } from '../operation-answers.ts';
import { route, sourceProblems, targetProblems } from '../route.ts';
import { waitForEnd } from '../wait-for-end.ts';

export const start = route({
  id: 'start',
  method: 'post',
  path: `${basePath}/start`,
  tag: 'Runs',
  summary: 'Start a migration',
  description:
    'One run, verification, rollback or retry at a time; another one is refused with the id of the active one.',
  body: requests.startBody,
  waits: 0,
  answers: {
    200: { description: 'It has ended: its result', schema: answers.finished },
    202: { description: 'It has started', schema: answers.started },
  },
  problems: [
    'OPERATION_RUNNING',
    'OTHER_BINDING',
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
  handle: async (context, { body: { userIds, ...options }, response, waitMs, caller }) => {
    await requireFitRedis(context.redis, context.prefix);
    const opened = await open(context, caller, {
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

async function open(context: ApiContext, caller: AbortSignal, wanted: MigrationRequest) {
  // Before the preflight, which may take seconds and would read from a busy source.
  const current = await context.ledger.current();
  if (current !== undefined) throw new OperationRunningError(current);
  const reason = await otherLedgerReason(context);
  if (reason !== undefined) throw new MigrationError('OTHER_BINDING', reason);
  await preflight(context, wanted, caller);
  const opened = await startOperation(context, wanted, caller);
  rememberRunning(context.ledger, opened.id);
  return opened;
}

function linksOf(migrationId: string) {
  const self = `${basePath}/migrations/${migrationId}`;
  return { self, status: `${basePath}/status`, failures: `${self}/failures`, jobs: '/admin/queues' };
}

const countLimitMs = 20_000;
/** Concurrent requests share one query. */
const counts = new WeakMap<ApiContext, Promise<number>>();

export const sourceCount = route({
  id: 'sourceCount',
  path: `${basePath}/source-count`,
  tag: 'Runs',
  summary: 'How many entries a run would process',
  description: 'One aggregate query: Firestore bills a read for every 1,000 entries.',
  access: 'change',
  needsRedis: false,
  answers: { 200: { description: 'The count, with source and target', schema: answers.sourceCount } },
  problems: [...sourceProblems, 'SOURCE_UNAVAILABLE', 'SOURCE_THROTTLED', 'NOT_ANSWERED'],
  handle: async (context, { response }) => {
    const counting =
      counts.get(context) ??
      withinLimit(countLimitMs, context.stopping, (signal) => context.source.countEntries(signal)).finally(
        () => counts.delete(context),
      );
    counts.set(context, counting);
    const [{ source, target }, entries] = await Promise.all([context.binding(), counting]);
    response.json({ source, target, entries });
  },
});
