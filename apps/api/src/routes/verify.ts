import { type Operation, sourceAndTarget, type VerificationRequest } from '@migrator/core';
import {
  answers,
  lastMigration,
  OperationRunningError,
  requests,
  requireSameBinding,
  startOperation,
} from '@migrator/engine';

import { type ApiContext, basePath } from '../api-context.ts';
import { knownOperation, verificationAnswer, verificationSummary } from '../operation-answers.ts';
import { operationsOnAPage, route } from '../route.ts';
import { waitForEnd } from '../wait-for-end.ts';

export const verify = route({
  id: 'verify',
  path: `${basePath}/verify`,
  tag: 'Verification',
  summary: 'Verify the last run, or join the running verification',
  description: 'It starts an operation although it is a GET, so a read-only token is not enough.',
  access: 'change',
  query: requests.verifyQuery,
  waits: 30,
  answers: {
    200: { description: 'The verdict', schema: answers.verification },
    202: { description: 'It is still running: its progress', schema: answers.verification },
  },
  problems: ['OPERATION_RUNNING', 'OTHER_BINDING'],
  handle: async (context, { query, response, waitMs, caller }) => {
    const opened = await startOrJoin(context, query.mode, caller);
    const operation = await waitForEnd(context, opened, waitMs);
    const answer = await verificationAnswer(context, operation);
    if (operation.state === 'running')
      response.status(202).set('Retry-After', '2').location(answer.links.self);
    response.json(answer);
  },
});

export const verifications = route({
  id: 'verifications',
  path: `${basePath}/verifications`,
  tag: 'Verification',
  summary: 'All verifications, those of runs too, newest first',
  query: requests.pageQuery,
  answers: { 200: { description: 'A page of 20', schema: answers.verificationsPage } },
  handle: async (context, { query: { cursor }, response }) => {
    const page = await context.ledger.list('verification', { limit: operationsOnAPage, cursor });
    response.json({
      verifications: page.operations.map(verificationSummary),
      nextCursor: page.cursor ?? null,
    });
  },
});

export const verification = route({
  id: 'verification',
  path: `${basePath}/verifications/:id`,
  tag: 'Verification',
  summary: 'One verification, with a page of its issues',
  query: requests.issuesQuery,
  answers: { 200: { description: 'The verification', schema: answers.verification } },
  problems: ['NOT_FOUND'],
  handle: async (context, { id, query, response }) => {
    response.json(await verificationAnswer(context, await knownOperation(context, id), query));
  },
});

async function startOrJoin(
  context: ApiContext,
  mode: VerificationRequest['mode'],
  caller: AbortSignal,
): Promise<Operation> {
  const own = await context.binding();
  const last = await lastMigration(context.ledger, own);
  const covered = last?.request.kind === 'migration' ? last.request.userIds : undefined;
  try {
    return await startOperation(context, { kind: 'verification', mode, userIds: covered }, caller);
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
