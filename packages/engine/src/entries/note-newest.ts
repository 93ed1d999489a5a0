import type { EngineContext } from '../engine-context.ts';
import type { MigrationRun } from './migration-run.ts';

/** Notes the newest item that a run has met and that is newer than itself, for the next run to start after it. */
export async function noteNewest(
  { ledger }: Pick<EngineContext, 'ledger'>,
  { operation }: MigrationRun,
  newest: string | undefined,
): Promise<void> {
  if (newest === undefined) return;
  if (operation.request.kind === 'migration' && operation.request.dryRun) return;
  const known = (await ledger.get(operation.id))?.coordinatorState.newestSeen;
  if (known === undefined || known < newest) {
    await ledger.update(operation.id, { coordinatorState: { newestSeen: newest } });
  }
}
