import {
  type Binding,
  isSameBinding,
  type Ledger,
  type MigrationRequest,
  type Operation,
} from '@migrator/core';

import { covers } from '../covers.ts';

/** The newest run with this binding that is over and did all that is wanted. */
export async function lastRun(
  ledger: Ledger,
  wanted: MigrationRequest,
  own: Binding,
): Promise<Operation | undefined> {
  let cursor: string | undefined;
  do {
    const page = await ledger.list('migration', { limit: 20, cursor });
    const found = page.operations.find(
      ({ state, request, binding }) =>
        state !== 'running' &&
        request.kind === 'migration' &&
        covers(request, wanted) &&
        isSameBinding(binding, own),
    );
    if (found !== undefined) return found;
    cursor = page.cursor;
  } while (cursor !== undefined);
  return undefined;
}
