import { type Operation, parseTaskId, type Target, writeUnitsOf, writeUnitsOfAll } from '@migrator/core';

import type { EngineContext } from '../engine-context.ts';
import { DryRunCollisions } from '../entries/dry-run-collisions.ts';
import type { MigrationRun } from '../entries/migration-run.ts';
import { countSegment, countUser } from './count-entries.ts';
import { migrateUser } from './migrate-user.ts';
import type { TaskStart, TaskWork } from './page-result.ts';
import { pruneSegment } from './prune-segment.ts';
import { rollBackSegment } from './roll-back-segment.ts';
import { verifySegment, rescanSegment } from './verify-segment.ts';
import { verifyUser } from './verify-user.ts';

/** The pages of one task, by the kind of its operation. */
export function taskWork(
  context: Omit<EngineContext, 'binding'>,
  operation: Operation,
  start: TaskStart,
): TaskWork {
  const task = parseTaskId(start.task);
  const { request } = operation;
  switch (request.kind) {
    case 'migration': {
      if (task.type !== 'user') break;
      const run: MigrationRun = {
        operation,
        migratedAt: operation.startedAt,
        readFirst: operation.coordinatorState.readFirst ?? true,
        inBatches: operation.coordinatorState.oneByOne === undefined,
        lease: start.lease,
        collisions: request.dryRun
          ? new DryRunCollisions({
              source: context.source,
              userId: task.userId,
              userIds: request.userIds,
              migratedAt: operation.startedAt,
              oversize: context.settings.oversize,
              signal: start.signal,
            })
          : undefined,
      };
      const target = request.dryRun ? discardingTarget(context.target) : context.target;
      return migrateUser({ ...context, target }, run, task.userId, start);
    }
    case 'verification': {
      if (request.mode === 'count') {
        return task.type === 'user'
          ? countUser(context, task.userId, start)
          : countSegment(context, task, request, start);
      }
      const { setKey = '' } = operation.coordinatorState;
      if (task.type === 'user') return verifyUser(context, task.userId, setKey, start);
      if (task.rescan === true) return rescanSegment(context, task, request, start);
      return verifySegment(context, task, request, setKey, start);
    }
    case 'rollback':
      if (task.type === 'segment') return rollBackSegment(context, task, request, start);
      break;
    case 'prune':
      if (task.type === 'segment') return pruneSegment(context, task, { id: operation.id, request }, start);
      break;
  }
  throw new TypeError(`a ${operation.kind} has no work for '${start.task}'`);
}

/** A target that reads from the real one and discards writes, so that a dry run executes the code of a run. */
function discardingTarget(target: Target): Target {
  return {
    putOwned: async (item) => ({ outcome: 'written', writeUnits: writeUnitsOf(item.size) }),
    createItems: async (items) => ({
      created: items.map(() => true),
      writeUnits: writeUnitsOfAll(items),
    }),
    whyNoBatches: (signal) => target.whyNoBatches(signal),
    deleteOwned: async () => ({ outcome: 'deleted', writeUnits: 1 }),
    getItems: (keys, signal) => target.getItems(keys, signal),
    scan: (request) => target.scan(request),
    isEmpty: (signal) => target.isEmpty(signal),
    preflight: (signal) => target.preflight(signal),
    describe: (signal) => target.describe(signal),
    readTags: (prefix, signal) => target.readTags(prefix, signal),
    writeTag: async () => undefined,
    close: () => target.close(),
  };
}
