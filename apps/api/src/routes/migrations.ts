import { type Issue, taskId } from '@migrator/core';
import { answers, listedEntries, requests, retryMigration } from '@migrator/engine';

import { basePath } from '../api-context.ts';
import { knownOperation, runReport } from '../operation-answers.ts';
import { issuesPage, listedOnAPage, pageOfUser } from '../pages-of-user.ts';
import { operationsOnAPage, route } from '../route.ts';
import { waitForEnd } from '../wait-for-end.ts';

export const migrations = route({
  id: 'migrations',
  path: `${basePath}/migrations`,
  tag: 'Runs',
  summary: 'All runs, newest first',
  query: requests.pageQuery,
  answers: { 200: { description: 'A page of 20', schema: answers.migrationsPage } },
  handle: async (context, { query: { cursor }, response }) => {
    const page = await context.ledger.list('migration', { limit: operationsOnAPage, cursor });
    const reports = await Promise.all(page.operations.map((operation) => runReport(context, operation)));
    response.json({ migrations: reports, nextCursor: page.cursor ?? null });
  },
});

export const migration = route({
  id: 'migration',
  path: `${basePath}/migrations/:id`,
  tag: 'Runs',
  summary: 'One run',
  answers: { 200: { description: 'The run', schema: answers.migration } },
  problems: ['NOT_FOUND'],
  handle: async (context, { id, response }) => {
    response.json(await runReport(context, await knownOperation(context, id)));
  },
});

export const failures = route({
  id: 'failures',
  path: `${basePath}/migrations/:id/failures`,
  tag: 'Runs',
  summary: "A run's failed entries",
  description: 'The first 10,000 are kept; all are counted.',
  query: requests.failuresQuery,
  answers: { 200: { description: 'A page of 100', schema: answers.failuresPage } },
  problems: ['NOT_FOUND'],
  handle: async (context, { id, query, response }) => {
    const operation = await knownOperation(context, id);
    const page = await issuesPage(context, id, query);
    response.json({
      migrationId: id,
      failures: page.items.map(failureOf),
      counts: operation.codes,
      nextCursor: page.cursor ?? null,
    });
  },
});

export const entries = route({
  id: 'entries',
  path: `${basePath}/migrations/:id/entries`,
  tag: 'Runs',
  summary: "A run's entries of one kind",
  description: 'The first 10,000 are listed; all are counted.',
  query: requests.entriesQuery,
  answers: { 200: { description: 'A page of 100', schema: answers.entriesPage } },
  problems: ['NOT_FOUND'],
  handle: async (context, { id, query: { cursor, kind, user }, response }) => {
    const operation = await knownOperation(context, id);
    const page = await pageOfUser(user, cursor, (from) =>
      listedEntries(context.ledger, operation, kind, { limit: listedOnAPage, cursor: from }),
    );
    response.json({
      migrationId: id,
      kind,
      entries: page.items.map(({ detail }) => ({
        path: detail.path ?? '',
        dateKey: detail.dateKey ?? '',
        field: detail.field,
      })),
      count: page.count,
      nextCursor: page.cursor ?? null,
    });
  },
});

export const user = route({
  id: 'user',
  path: `${basePath}/migrations/:id/users/:userId`,
  tag: 'Runs',
  summary: 'The state of one user in a run',
  params: requests.userPath,
  answers: { 200: { description: 'The user in this run', schema: answers.userState } },
  problems: ['NOT_FOUND'],
  handle: async (context, { id, request, response }) => {
    const { ledger } = context;
    await knownOperation(context, id);
    const userId = String(request.params['userId']);
    const task = taskId({ type: 'user', userId });
    const [known, issues] = await Promise.all([ledger.readTask(id, task), ledger.taskIssues(id, task)]);
    response.json({
      migrationId: id,
      userId,
      state: known?.state ?? 'unknown',
      counts: known?.counters ?? {},
      failures: issues.map(failureOf),
    });
  },
});

export const retry = route({
  id: 'retry',
  method: 'post',
  path: `${basePath}/migrations/:id/retry`,
  tag: 'Runs',
  summary: 'Retry the failed users of a run',
  body: requests.retryBody,
  waits: 0,
  answers: {
    200: { description: 'It has ended: the run', schema: answers.migration },
    202: { description: 'It has started', schema: answers.migration },
  },
  problems: ['NOT_FOUND', 'OPERATION_RUNNING', 'OTHER_BINDING', 'ROLLED_BACK', 'NOT_RETRYABLE'],
  handle: async (context, { id, body, response, waitMs }) => {
    await knownOperation(context, id);
    const operation = await waitForEnd(context, await retryMigration(context, id, body), waitMs);
    response
      .status(operation.state === 'running' ? 202 : 200)
      .location(`${basePath}/migrations/${id}`)
      .json(await runReport(context, operation));
  },
});

function failureOf({ code, detail }: Issue) {
  return { path: detail.path ?? '', code, message: detail.message ?? '', attempts: detail.attempts ?? 1 };
}
