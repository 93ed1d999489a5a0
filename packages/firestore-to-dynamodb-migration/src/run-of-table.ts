import type { Binding, Target } from '@migrator/core';
import { type MarkedRun, markedRun, readRunMarker, withinLimit } from '@migrator/engine';

import { covers } from './covers.ts';
import type { ResolvedOptions } from './options.ts';

const limitMs = 20_000;

/**
 * The newest run that the table itself knows of, if it was to do all that is wanted. Throws where that can't be known for now:
 * a run could write what the application has deleted.
 */
export async function runOfTable(
  target: Pick<Target, 'readTags'>,
  binding: Binding,
  { request, signal }: Pick<ResolvedOptions, 'request' | 'signal'>,
): Promise<MarkedRun | undefined> {
  const marker = await withinLimit(limitMs, signal, (limited) => readRunMarker(target, binding, limited));
  const run = marker && markedRun(marker, binding);
  const was = run?.operation.request;
  return was?.kind === 'migration' && covers(was, request) ? run : undefined;
}
