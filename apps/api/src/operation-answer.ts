import type { Operation } from '@migrator/core';

import { basePath } from './api-context.ts';
import { operationPath } from './operation-path.ts';

/** What answers about a verification or a rollback have in common. `cursor`: of the page after the one they hold. */
export function operationAnswer(operation: Operation, cursor: string | undefined) {
  const summary = operationSummary(operation);
  const { self } = summary.links;
  return {
    ...summary,
    nextCursor: cursor ?? null,
    links: { self, next: cursor === undefined ? undefined : `${self}?cursor=${encodeURIComponent(cursor)}` },
  };
}

/** The same in a list. */
export function operationSummary(operation: Operation) {
  return {
    source: operation.binding.source,
    target: operation.binding.target,
    state: operation.state,
    startedAt: operation.startedAt,
    finishedAt: operation.finishedAt ?? null,
    links: { self: basePath + operationPath(operation) },
  };
}
