import { MigrationError, type Operation } from '@migrator/core';
import { listedEntries, retryMigration, waitForEnd } from '@migrator/engine';
import type { RequestHandler } from 'express';

import { type ApiContext, basePath, redisAnswers } from '../api-context.ts';
import { parseBody, parseQuery } from '../parse-body.ts';
import { preferredWaitMs } from '../prefer-wait.ts';
import { reportOf } from '../report-of.ts';
import { entriesQuery, failuresQuery, pageQuery, retryBody } from '../schemas.ts';

const runsOnAPage = 20;
const failuresOnAPage = 100;
const entriesOnAPage = 100;

/** `GET /migrations`: past runs, newest first. */
export function migrations(context: ApiContext): RequestHandler {
  return async (request, response) => {
    const { cursor } = parseQuery(pageQuery, request.query);
    await redisAnswers(context);
    const page = await context.ledger.list('migration', {
      limit: runsOnAPage,
      cursor,
    });
    const reports = await Promise.all(page.operations.map((operation) => reportOf(context, operation)));
    response.json({ migrations: reports, nextCursor: page.cursor ?? null });
  };
}

/** `GET /migrations/{id}`. */
export function migration(context: ApiContext): RequestHandler<{ id: string }> {
  return async (request, response) => {
    await redisAnswers(context);
    const operation = await known(context, request.params.id);
    response.json(await reportOf(context, operation));
  };
}

/** `GET /migrations/{id}/failures`. */
export function failures(context: ApiContext): RequestHandler<{ id: string }> {
  return async (request, response) => {
    const { cursor, code } = parseQuery(failuresQuery, request.query);
    await redisAnswers(context);
    const operation = await known(context, request.params.id);
    const page = await context.ledger.issues(operation.id, {
      limit: failuresOnAPage,
      code,
      cursor,
    });
    response.json({
      migrationId: operation.id,
      failures: page.issues.map((issue) => ({
        path: issue.detail.path ?? '',
        code: issue.code,
        message: issue.detail.message ?? '',
        attempts: issue.detail.attempts ?? 1,
      })),
      counts: operation.codes,
      nextCursor: page.cursor ?? null,
    });
  };
}

/** `GET /migrations/{id}/entries`. */
export function entries(context: ApiContext): RequestHandler<{ id: string }> {
  return async (request, response) => {
    const { cursor, kind } = parseQuery(entriesQuery, request.query);
    await redisAnswers(context);
    const operation = await known(context, request.params.id);
    const page = await listedEntries(context.ledger, operation, kind, {
      limit: entriesOnAPage,
      cursor,
    });
    response.json({
      migrationId: operation.id,
      kind,
      entries: page.entries.map(({ detail }) => ({ path: detail.path ?? '', dateKey: detail.dateKey ?? '' })),
      count: page.count,
      nextCursor: page.cursor ?? null,
    });
  };
}

/** `POST /migrations/{id}/retry`. */
export function retry(context: ApiContext): RequestHandler<{ id: string }> {
  return async (request, response) => {
    const { userId, code } = parseBody(retryBody, request.body);
    await redisAnswers(context);
    await known(context, request.params.id);
    const wanted = { userId, code };
    const opened = await retryMigration(context, request.params.id, wanted);
    const limitMs = preferredWaitMs(request, 0);
    const now =
      (await waitForEnd(context.ledger, opened.id, { limitMs, signal: context.stopping })) ?? opened;
    const report = await reportOf(context, now);
    const over = now.state !== 'running';
    response
      .status(over ? 200 : 202)
      .location(`${basePath}/migrations/${opened.id}`)
      .json(report);
  };
}

async function known(context: ApiContext, id: string): Promise<Operation> {
  const operation = await context.ledger.get(id);
  if (operation?.kind === 'migration') return operation;
  throw new MigrationError('NOT_FOUND', `There is no migration '${id}'`);
}
