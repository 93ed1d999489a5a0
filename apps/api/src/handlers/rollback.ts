import { MigrationError, migratedAtOf, type RollbackRequest } from '@migrator/core';
import { startOperation, waitForEnd, withinLimit } from '@migrator/engine';
import type { RequestHandler } from 'express';

import { type ApiContext, basePath, redisAnswers } from '../api-context.ts';
import { callerGone } from '../caller-gone.ts';
import { HttpError } from '../http-error.ts';
import { parseBody } from '../parse-body.ts';
import { preferredWaitMs } from '../prefer-wait.ts';
import { rollbackBody as schema } from '../schemas.ts';
import { rollbackBody } from './rollbacks.ts';

const defaultWaitSeconds = 30;
const preflightLimitMs = 20_000;

export function rollback(context: ApiContext): RequestHandler {
  return async (request, response) => {
    const { dryRun, migrationId } = parseBody(schema, request.body);
    if (migrationId !== undefined && migratedAtOf(migrationId) === undefined) {
      throw new HttpError(400, 'INVALID_REQUEST', `migrationId: '${migrationId}' is no migration's id`);
    }
    await redisAnswers(context);
    if (migrationId !== undefined) await requireKnown(context, migrationId);
    const caller = callerGone(response);
    await withinLimit(preflightLimitMs, caller, (signal) => context.target.preflight(signal));
    const wanted: RollbackRequest = {
      kind: 'rollback',
      dryRun,
      migrationId,
    };
    const opened = await startOperation(context, wanted, caller);
    const limitMs = preferredWaitMs(request, defaultWaitSeconds);
    const now =
      (await waitForEnd(context.ledger, opened.id, { limitMs, signal: context.stopping })) ?? opened;
    const body = await rollbackBody(context, now, undefined);
    if (now.state !== 'running') response.json(body);
    else response.status(202).set('Retry-After', '2').location(`${basePath}/rollbacks/${now.id}`).json(body);
  };
}

/** A run that the ledger does not know may still be rolled back where they were lost with Redis: then there is none. */
async function requireKnown(context: ApiContext, migrationId: string): Promise<void> {
  if ((await context.ledger.get(migrationId)) !== undefined) return;
  const { operations } = await context.ledger.list('migration', { limit: 1 });
  if (operations.length > 0) throw new MigrationError('NOT_FOUND', `There is no migration '${migrationId}'`);
}
