import { MigrationError, type Operation, operationKindOf } from '@migrator/core';
import {
  estimate,
  migrationReport,
  type MigrationReport,
  type RollbackAnswer,
  rollbackReport,
  type RollbacksPage,
  type VerificationAnswer,
  verificationReport,
  type VerificationsPage,
} from '@migrator/engine';

import { type ApiContext, basePath } from './api-context.ts';
import { operationPath } from './operation-path.ts';
import { type IssuesQuery, issuesPage } from './pages-of-user.ts';
import { liveProgress } from './standstill.ts';

/** The operation with this id. Rejects with NOT_FOUND. */
export async function knownOperation({ ledger }: ApiContext, id: string): Promise<Operation> {
  const operation = await ledger.get(id);
  if (operation !== undefined) return operation;
  throw new MigrationError('NOT_FOUND', `There is no ${operationKindOf(id)} '${id}'`);
}

/** A run's report. A dry run's report predicts cost and duration of a real run. */
export async function runReport(context: ApiContext, operation: Operation): Promise<MigrationReport> {
  const report = await migrationReport(context.ledger, operation);
  if (!report.dryRun) return report;
  const { maxWriteUnitsPerSecond } = await context.rateController.report();
  return { ...report, estimate: estimate(operation, context.settings.prices, maxWriteUnitsPerSecond) };
}

/** A verification with one page of its issues. While it runs: with its progress instead of a result. */
export async function verificationAnswer(
  context: ApiContext,
  operation: Operation,
  query: IssuesQuery = {},
): Promise<VerificationAnswer> {
  const page = await issuesPage(context, operation.id, query);
  const issues = page.items.map(({ code, detail }) => ({
    kind: code,
    ...detail,
    fields: [...(detail.fields ?? [])],
  }));
  const { isValid, message, ...report } = verificationReport(operation);
  const verdict = operation.state === 'running' ? await pending(context, operation) : { isValid, message };
  return {
    ...verdict,
    verificationId: operation.id,
    ...operationAnswer(operation, query, page.cursor),
    ...report,
    issues,
  };
}

export function verificationSummary(operation: Operation): VerificationsPage['verifications'][number] {
  const { isValid, message, ...report } = verificationReport(operation);
  const isOver = operation.state !== 'running';
  return {
    isValid: isOver ? isValid : null,
    message: isOver ? message : running,
    verificationId: operation.id,
    mode: operation.request.kind === 'verification' ? operation.request.mode : 'full',
    migrationId: operation.parent ?? null,
    ...operationSummary(operation),
    ...report,
  };
}

const running = 'The verification is running';

async function pending(context: ApiContext, operation: Operation) {
  const progress = await liveProgress(context, operation);
  const message = progress.reason === null ? running : `The verification waits: ${progress.reason}`;
  return { isValid: null, message, progress };
}

/** The message for an item in the list: that it would be deleted, or why it stays. */
const fates: Readonly<Record<string, string>> = {
  deleted: 'would be deleted',
  keptChanged: 'kept: the application has saved it since',
  keptForeign: 'kept: not from this migration',
  keptOtherRun: 'kept: from another run',
  keptMisplaced: 'kept: its key does not match its user and date',
};

/** A rollback with one page of its items: those kept, and in a dry run those that would be deleted. */
export async function rollbackAnswer(
  context: ApiContext,
  operation: Operation,
  query: IssuesQuery = {},
): Promise<RollbackAnswer> {
  const page = await issuesPage(context, operation.id, query);
  const items = page.items.map(({ code, detail }) => ({
    dateKey: detail.dateKey ?? null,
    path: detail.path ?? null,
    code,
    message: detail.message ?? fates[code] ?? code,
  }));
  return {
    ...rollbackReport(operation),
    rollbackId: operation.id,
    ...operationAnswer(operation, query, page.cursor),
    items,
    ...(operation.state === 'running' ? { progress: await liveProgress(context, operation) } : {}),
  };
}

export function rollbackSummary(operation: Operation): RollbacksPage['rollbacks'][number] {
  const { request } = operation;
  return {
    ...rollbackReport(operation),
    rollbackId: operation.id,
    migrationId: request.kind === 'rollback' ? (request.migrationId ?? null) : null,
    ...operationSummary(operation),
  };
}

/** The common part of responses about a verification or a rollback. `cursor`: that of the next page. */
function operationAnswer(operation: Operation, query: IssuesQuery, cursor: string | undefined) {
  const summary = operationSummary(operation);
  const { self } = summary.links;
  const next = cursor && `${self}?${new URLSearchParams({ ...query, cursor }).toString()}`;
  return { ...summary, nextCursor: cursor ?? null, links: { self, next } };
}

function operationSummary(operation: Operation) {
  return {
    source: operation.binding.source,
    target: operation.binding.target,
    state: operation.state,
    startedAt: operation.startedAt,
    finishedAt: operation.finishedAt ?? null,
    links: { self: basePath + operationPath(operation) },
  };
}
