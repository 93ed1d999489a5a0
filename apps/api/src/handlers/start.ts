import { OperationRunningError, preflight, startOperation, waitForEnd } from '@migrator/engine';
import { requireFitRedis } from '@migrator/queue';
import type { RequestHandler } from 'express';

import { type ApiContext, basePath, redisAnswers } from '../api-context.ts';
import { rememberRunning } from '../ledger-loss-notice.ts';
import { callerGone } from '../caller-gone.ts';
import { parseBody } from '../parse-body.ts';
import { preferredWaitMs } from '../prefer-wait.ts';
import { reportOf } from '../report-of.ts';
import { startBody } from '../schemas.ts';

export function start(context: ApiContext): RequestHandler {
  return async (request, response) => {
    const { userIds, pruneCount, ...options } = parseBody(startBody, request.body);
    const wanted = {
      kind: 'migration' as const,
      ...options,
      pruneCount,
      userIds: userIds === undefined ? undefined : [...new Set(userIds)],
    };
    await redisAnswers(context);
    await requireFitRedis(context.redis, context.prefix);
    await refuseIfRunning(context);
    const caller = callerGone(response);
    await preflight(context, wanted, caller);
    const opened = await startOperation(context, wanted, caller);
    rememberRunning(context.ledger, opened.id);
    const limitMs = preferredWaitMs(request, 0);
    const operation =
      limitMs === 0
        ? opened
        : ((await waitForEnd(context.ledger, opened.id, { limitMs, signal: context.stopping })) ?? opened);
    const {
      migrationId,
      state,
      source,
      target,
      stats,
      verification,
      prune,
      subcollections,
      reason,
      advice,
      estimate,
    } = await reportOf(context, operation);
    if (limitMs > 0) response.set('Preference-Applied', `wait=${limitMs / 1_000}`);
    const links = {
      self: `${basePath}/migrations/${migrationId}`,
      status: `${basePath}/status`,
      failures: `${basePath}/migrations/${migrationId}/failures`,
      jobs: '/admin/queues',
    };
    if (operation.state !== 'running')
      response.json({
        migrationId,
        state,
        source,
        target,
        stats,
        verification,
        prune,
        subcollections,
        reason,
        advice,
        ...(estimate && { estimate }),
        links,
      });
    else
      response
        .status(202)
        .location(links.self)
        .json({ migrationId, source, target, stats, verification: null, links });
  };
}

/** Before the preflight, which may take seconds and reads from a source that somebody is busy with. */
async function refuseIfRunning(context: ApiContext): Promise<void> {
  const current = await context.ledger.current();
  if (current !== undefined) throw new OperationRunningError(current);
}
