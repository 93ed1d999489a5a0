import { MigrationError, type Operation } from '@migrator/core';
import { progressOf, rollbackReport } from '@migrator/engine';
import type { RequestHandler } from 'express';

import { type ApiContext, basePath, redisAnswers } from '../api-context.ts';
import { parseQuery } from '../parse-body.ts';
import { pageQuery } from '../schemas.ts';

const itemsOnAPage = 100;

/** Why an item stays, or that it goes, in words for its line in the list. */
const fates: Readonly<Record<string, string>> = {
  deleted: 'would be deleted',
  keptChanged: 'kept: the application has saved it since',
  keptForeign: 'kept: not from this migration',
  keptOtherRun: 'kept: of another run',
  keptMisplaced: 'kept: its key is not the one that its user and date give',
};

/** `GET /rollbacks/{id}`. */
export function rollbackById(context: ApiContext): RequestHandler<{ id: string }> {
  return async (request, response) => {
    const { cursor } = parseQuery(pageQuery, request.query);
    await redisAnswers(context);
    const operation = await context.ledger.get(request.params.id);
    if (operation?.kind !== 'rollback') {
      throw new MigrationError('NOT_FOUND', `There is no rollback '${request.params.id}'`);
    }
    response.json(await rollbackBody(context, operation, cursor));
  };
}

/** A rollback with one page of its items: those kept, and in a dry run those that would go. */
export async function rollbackBody(
  context: ApiContext,
  operation: Operation,
  cursor: string | undefined,
): Promise<Record<string, unknown>> {
  const page = await context.ledger.issues(operation.id, {
    limit: itemsOnAPage,
    cursor,
  });
  const items = page.issues.map(({ code, detail }) => ({
    dateKey: detail.dateKey ?? null,
    code,
    message: detail.message ?? fates[code] ?? code,
  }));
  const self = `${basePath}/rollbacks/${operation.id}`;
  return {
    ...rollbackReport(operation),
    rollbackId: operation.id,
    source: operation.binding.source,
    target: operation.binding.target,
    state: operation.state,
    startedAt: operation.startedAt,
    finishedAt: operation.finishedAt ?? null,
    items,
    nextCursor: page.cursor ?? null,
    ...(operation.state === 'running' ? { progress: progressOf(operation) } : {}),
    links: {
      self,
      next: page.cursor === undefined ? undefined : `${self}?cursor=${encodeURIComponent(page.cursor)}`,
    },
  };
}
