import { MigrationError, migratedAtOf } from '@migrator/core';
import { answers, requests, startOperation, withinLimit } from '@migrator/engine';

import { type ApiContext, basePath } from '../api-context.ts';
import { HttpError } from '../http-error.ts';
import { knownOperation, rollbackAnswer, rollbackSummary } from '../operation-answers.ts';
import { operationsOnAPage, route, targetProblems } from '../route.ts';
import { waitForEnd } from '../wait-for-end.ts';

const preflightLimitMs = 20_000;

export const rollback = route({
  id: 'rollback',
  method: 'post',
  path: `${basePath}/rollback`,
  tag: 'Rollback',
  summary: 'Delete what was migrated and is still owned by the migration',
  description: 'A dry run unless `dryRun` is false. Items that the application has saved since stay.',
  body: requests.rollbackBody,
  waits: 30,
  answers: {
    200: { description: 'It has ended: its result', schema: answers.rollback },
    202: { description: 'It is still running: its progress', schema: answers.rollback },
  },
  problems: [
    'NOT_FOUND',
    'OPERATION_RUNNING',
    'OTHER_BINDING',
    ...targetProblems,
    'TARGET_UNAVAILABLE',
    'THROTTLED',
  ],
  handle: async (context, { body, response, waitMs, caller }) => {
    if (body.migrationId !== undefined) await requireKnown(context, body.migrationId);
    await withinLimit(preflightLimitMs, caller, (signal) => context.target.preflight(signal));
    const opened = await startOperation(context, { kind: 'rollback', ...body }, caller);
    const operation = await waitForEnd(context, opened, waitMs);
    const answer = await rollbackAnswer(context, operation);
    if (operation.state === 'running')
      response.status(202).set('Retry-After', '2').location(answer.links.self);
    response.json(answer);
  },
});

export const rollbacks = route({
  id: 'rollbacks',
  path: `${basePath}/rollbacks`,
  tag: 'Rollback',
  summary: 'All rollbacks, dry runs too, newest first',
  query: requests.pageQuery,
  answers: { 200: { description: 'A page of 20', schema: answers.rollbacksPage } },
  handle: async (context, { query: { cursor }, response }) => {
    const page = await context.ledger.list('rollback', { limit: operationsOnAPage, cursor });
    response.json({ rollbacks: page.operations.map(rollbackSummary), nextCursor: page.cursor ?? null });
  },
});

export const rollbackById = route({
  id: 'rollbackById',
  path: `${basePath}/rollbacks/:id`,
  tag: 'Rollback',
  summary: 'One rollback, with a page of the items it kept (or, as a dry run, would delete)',
  query: requests.issuesQuery,
  answers: { 200: { description: 'The rollback', schema: answers.rollback } },
  problems: ['NOT_FOUND'],
  handle: async (context, { id, query, response }) => {
    response.json(await rollbackAnswer(context, await knownOperation(context, id), query));
  },
});

/** Rejects an unknown run, unless all records were lost with Redis: then it may still be rolled back. */
async function requireKnown(context: ApiContext, migrationId: string): Promise<void> {
  if (migratedAtOf(migrationId) === undefined)
    throw new HttpError(400, 'INVALID_REQUEST', `migrationId: '${migrationId}' is not the id of a migration`);
  if ((await context.ledger.get(migrationId)) !== undefined) return;
  const { operations } = await context.ledger.list('migration', { limit: 1 });
  if (operations.length > 0) throw new MigrationError('NOT_FOUND', `There is no migration '${migrationId}'`);
}
