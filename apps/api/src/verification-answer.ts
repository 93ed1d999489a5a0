import type { Operation } from '@migrator/core';
import { type VerificationAnswer, verificationReport } from '@migrator/engine';

import type { ApiContext } from './api-context.ts';
import { operationAnswer } from './operation-answer.ts';
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

async function pending(context: ApiContext, operation: Operation) {
  const progress = await liveProgress(context, operation);
  const message =
    progress.reason === null ? 'The verification is running' : `The verification waits: ${progress.reason}`;
  return { isValid: null, message, progress };
}
