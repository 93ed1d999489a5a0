import type { Operation } from '@migrator/core';
import { type VerificationAnswer, verificationReport, type VerificationsPage } from '@migrator/engine';

import type { ApiContext } from './api-context.ts';
import { operationAnswer, operationSummary } from './operation-answer.ts';
import { liveProgress } from './standstill.ts';

const issuesOnAPage = 100;

/** A verification with one page of its issues; while it runs, with its progress instead of a verdict. */
export async function verificationAnswer(
  context: ApiContext,
  operation: Operation,
  cursor?: string,
): Promise<VerificationAnswer> {
  const page = await context.ledger.issues(operation.id, { limit: issuesOnAPage, cursor });
  const issues = page.issues.map(({ code, detail }) => ({
    kind: code,
    ...detail,
    fields: [...(detail.fields ?? [])],
  }));
  const { isValid, message, ...report } = verificationReport(operation);
  const verdict = operation.state === 'running' ? await pending(context, operation) : { isValid, message };
  return {
    ...verdict,
    verificationId: operation.id,
    ...operationAnswer(operation, page.cursor),
    ...report,
    issues,
  };
}

/** A verification as a line of a list. */
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
