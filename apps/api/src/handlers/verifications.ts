import { MigrationError, type Operation } from '@migrator/core';
import { progressOf, verificationReport } from '@migrator/engine';
import type { RequestHandler } from 'express';

import { type ApiContext, basePath, redisAnswers } from '../api-context.ts';
import { parseQuery } from '../parse-body.ts';
import { pageQuery } from '../schemas.ts';

const issuesOnAPage = 100;

/** `GET /verifications/{id}`. */
export function verification(context: ApiContext): RequestHandler<{ id: string }> {
  return async (request, response) => {
    const { cursor } = parseQuery(pageQuery, request.query);
    await redisAnswers(context);
    const operation = await context.ledger.get(request.params.id);
    if (operation?.kind !== 'verification') {
      throw new MigrationError('NOT_FOUND', `There is no verification '${request.params.id}'`);
    }
    response.json(await verificationBody(context, operation, cursor));
  };
}

/** A verification with one page of its issues; while it runs, with its progress instead of a verdict. */
export async function verificationBody(
  context: ApiContext,
  operation: Operation,
  cursor: string | undefined,
): Promise<Record<string, unknown>> {
  const { isValid, issueCounts, counts, subcollections, message } = verificationReport(operation);
  const page = await context.ledger.issues(operation.id, {
    limit: issuesOnAPage,
    cursor,
  });
  const issues = page.issues.map(({ code, detail }) => ({ kind: code, fields: [], ...detail }));
  const self = `${basePath}/verifications/${operation.id}`;
  const common = {
    verificationId: operation.id,
    source: operation.binding.source,
    target: operation.binding.target,
    state: operation.state,
    startedAt: operation.startedAt,
    finishedAt: operation.finishedAt ?? null,
    issueCounts,
    counts,
    subcollections,
    issues,
    nextCursor: page.cursor ?? null,
    links: {
      self,
      next: page.cursor === undefined ? undefined : `${self}?cursor=${encodeURIComponent(page.cursor)}`,
    },
  };
  if (operation.state !== 'running') return { isValid, message, ...common };
  return {
    isValid: null,
    message: 'The verification is running',
    progress: progressOf(operation),
    ...common,
  };
}
