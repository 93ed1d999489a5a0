import { type Operation, sourceAndTarget, type VerificationRequest } from '@migrator/core';
import {
  lastMigration,
  OperationRunningError,
  requireSameBinding,
  startOperation,
  waitForEnd,
} from '@migrator/engine';
import type { RequestHandler } from 'express';

import { type ApiContext, basePath, redisAnswers } from '../api-context.ts';
import { callerGone } from '../caller-gone.ts';
import { parseQuery } from '../parse-body.ts';
import { preferredWaitMs } from '../prefer-wait.ts';
import { verifyQuery } from '../schemas.ts';
import { verificationBody } from './verifications.ts';

const defaultWaitSeconds = 30;

export function verify(context: ApiContext): RequestHandler {
  return async (request, response) => {
    const { mode } = parseQuery(verifyQuery, request.query);
    await redisAnswers(context);
    const operation = await startOrJoin(context, mode, callerGone(response));
    const limitMs = preferredWaitMs(request, defaultWaitSeconds);
    const ended = await waitForEnd(context.ledger, operation.id, { limitMs, signal: context.stopping });
    const now = ended ?? operation;
    const body = await verificationBody(context, now, undefined);
    if (now.state !== 'running') response.json(body);
    else
      response.status(202).set('Retry-After', '2').location(`${basePath}/verifications/${now.id}`).json(body);
  };
}

async function startOrJoin(
  context: ApiContext,
  mode: VerificationRequest['mode'],
  caller: AbortSignal,
): Promise<Operation> {
  const own = await context.binding();
  const last = await lastMigration(context.ledger, own);
  const covered = last?.request.kind === 'migration' ? last.request.userIds : undefined;
  try {
    const users = covered === undefined ? {} : { userIds: covered };
    return await startOperation(context, { kind: 'verification', mode, ...users }, caller);
  } catch (error) {
    if (!(error instanceof OperationRunningError)) throw error;
    const { request } = error.current;
    if (request.kind === 'verification' && request.mode === mode) {
      requireSameBinding(error.current, own, sourceAndTarget);
      return error.current;
    }
    throw error;
  }
}
