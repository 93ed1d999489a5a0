import type { Operation } from '@migrator/core';
import { type RollbackAnswer, rollbackReport, type RollbacksPage } from '@migrator/engine';

import type { ApiContext } from './api-context.ts';
import { operationAnswer, operationSummary } from './operation-answer.ts';
import { liveProgress } from './standstill.ts';

const itemsOnAPage = 100;

/** Why an item stays, or that it goes, in words for its line in the list. */
const fates: Readonly<Record<string, string>> = {
  deleted: 'would be deleted',
  keptChanged: 'kept: the application has saved it since',
  keptForeign: 'kept: not from this migration',
  keptOtherRun: 'kept: of another run',
  keptMisplaced: 'kept: its key is not the one that its user and date give',
};

/** A rollback with one page of its items: those kept, and in a dry run those that would go. */
export async function rollbackAnswer(
  context: ApiContext,
  operation: Operation,
  cursor?: string,
): Promise<RollbackAnswer> {
  const page = await context.ledger.issues(operation.id, { limit: itemsOnAPage, cursor });
  const items = page.issues.map(({ code, detail }) => ({
    dateKey: detail.dateKey ?? null,
    path: detail.path ?? null,
    code,
    message: detail.message ?? fates[code] ?? code,
  }));
  return {
    ...rollbackReport(operation),
    rollbackId: operation.id,
    ...operationAnswer(operation, page.cursor),
    items,
    ...(operation.state === 'running' ? { progress: await liveProgress(context, operation) } : {}),
  };
}

/** A rollback as a line of a list. */
export function rollbackSummary(operation: Operation): RollbacksPage['rollbacks'][number] {
  const { request } = operation;
  return {
    ...rollbackReport(operation),
    rollbackId: operation.id,
    migrationId: request.kind === 'rollback' ? (request.migrationId ?? null) : null,
    ...operationSummary(operation),
  };
}
