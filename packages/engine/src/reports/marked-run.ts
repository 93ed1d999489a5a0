import { type Binding, type Ledger, migratedAtOf, type Operation, type RunMarker } from '@migrator/core';

/** A run reconstructed from its marker, with the ledger methods that its report calls. */
export interface MarkedRun {
  readonly operation: Operation;
  readonly ledger: Pick<Ledger, 'get' | 'issues'>;
}

/** Undefined if the marker names no run. */
export function markedRun(marker: RunMarker, binding: Binding): MarkedRun | undefined {
  const { migrationId } = marker;
  const startedAt = migratedAtOf(migrationId);
  if (startedAt === undefined) return undefined;
  const bare = { ...blank, binding, startedAt };
  // The marker does not hold the request. Assume all steps, so that a run that has not ended, or was rolled back, is
  // the newest for every request.
  const request = { kind: 'migration', dryRun: false, verify: true, prune: true } as const;
  const run: Operation = { ...bare, id: migrationId, kind: 'migration', request };
  if (marker.state === 'started') return withParts({ ...run, state: 'running' });
  if (marker.state === 'rolled-back') {
    return withParts({ ...run, coordinatorState: { rolledBackBy: marker.rollbackId } });
  }
  const { users, totals, finishedAt } = marker;
  const verification: Operation | undefined = marker.verification && {
    ...bare,
    ...marker.verification,
    kind: 'verification',
    request: { kind: 'verification', mode: 'full' },
  };
  const prune: Operation | undefined = marker.prune && {
    ...bare,
    id: migrationId.replace('migration', 'prune'),
    kind: 'prune',
    request: { kind: 'prune', dryRun: false, list: true },
    totals: marker.prune,
  };
  const completed: Operation = {
    ...run,
    request: { ...request, verify: verification !== undefined, prune: prune !== undefined },
    finishedAt,
    tasks: { listed: users, completed: users, failed: 0 },
    totals,
    coordinatorState: {
      ...(verification && { verificationId: verification.id }),
      ...(prune && { pruneId: prune.id, prunedBy: [prune.id] }),
    },
  };
  return withParts(completed, verification, prune);
}

const blank = {
  state: 'completed',
  phase: 'migrating',
  control: 'run',
  listing: { done: true },
  tasks: { listed: 0, completed: 0, failed: 0 },
  totals: {},
  codes: {},
  coordinatorState: {},
} as const;

function withParts(operation: Operation, ...parts: readonly (Operation | undefined)[]): MarkedRun {
  return {
    operation,
    ledger: {
      get: async (id) => parts.find((part) => part?.id === id),
      issues: async () => ({ issues: [] }),
    },
  };
}
