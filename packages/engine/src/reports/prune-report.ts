import { counted, type Ledger, needsPruneCount, type Operation } from '@migrator/core';

import type { PruneReport } from '../api/reports.ts';

/** The result of a run's prune, or the prediction of a dry run; null if none was requested or has begun. */
export async function pruneReport(
  ledger: Pick<Ledger, 'get'>,
  operation: Operation,
): Promise<PruneReport | null> {
  const { request, coordinatorState } = operation;
  if (request.kind !== 'migration' || !request.prune) return null;
  const part = coordinatorState.pruneId ? await ledger.get(coordinatorState.pruneId) : undefined;
  if (part === undefined && !coordinatorState.pruneRefused && !coordinatorState.prunedBy) return null;
  const totals: Record<string, number> = {};
  for (const id of coordinatorState.prunedBy ?? []) {
    const each = id === part?.id ? part : await ledger.get(id);
    for (const [name, amount] of Object.entries(each?.totals ?? {}))
      totals[name] = (totals[name] ?? 0) + amount;
  }
  const pruned = totals['deleted'] ?? 0;
  const kept = (totals['kept'] ?? 0) + (totals['beyond'] ?? 0);
  const unknown = totals['unknown'] ?? part?.totals['unknown'] ?? 0;
  return { pruned, kept, unknown, message: messageOf() };

  function messageOf(): string {
    const notes =
      unknown === 0
        ? ''
        : `; ${counted(unknown, 'item')} ${unknown === 1 ? 'has' : 'have'} an id that Firestore can't be asked about, and ${unknown === 1 ? 'stays' : 'stay'}`;
    if (coordinatorState.pruneRefused) return coordinatorState.pruneRefused;
    if (part?.state === 'running') return `Pruning: ${counted(pruned, 'item')} so far${notes}`;
    if (request.kind === 'migration' && request.dryRun) {
      const owned = part?.totals['owned'] ?? 0;
      const asks = needsPruneCount({ found: pruned, owned }) ? `; a start needs pruneCount: ${pruned}` : '';
      return `Dry run: ${pruned} of the table's ${counted(owned, 'migrated item')} would be pruned${asks}${notes}`;
    }
    const keeps = kept === 0 ? '' : `, ${kept} kept`;
    const why = part === undefined || part.state === 'completed' ? '' : `; ${part.reason ?? part.state}`;
    return `${counted(pruned, 'item')} pruned${keeps}${why}${notes}`;
  }
}
