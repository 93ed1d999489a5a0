import { type Operation, parseUnitId } from '@migrator/core';

import type { EngineContext } from '../engine-context.ts';
import { DryRunCollisions } from '../entries/dry-run-collisions.ts';
import { discardingTarget } from '../entries/discarding-target.ts';
import type { MigrationRun } from '../entries/migration-run.ts';
import { countSlice, countUser } from './count-entries.ts';
import { migrateUser } from './migrate-user.ts';
import type { UnitStart, UnitWork } from './page-result.ts';
import { pruneSegment } from './prune-segment.ts';
import { rollBackSegment } from './roll-back-segment.ts';
import { verifySegment, verifySegmentClosely } from './verify-segment.ts';
import { verifyUser } from './verify-user.ts';

/** Which work a unit of an operation means. */
export function workOf(context: EngineContext, operation: Operation, start: UnitStart): UnitWork {
  const unit = parseUnitId(start.unit);
  const { request } = operation;
  switch (request.kind) {
    case 'migration': {
      if (unit.type !== 'user') break;
      const run: MigrationRun = {
        operation,
        migratedAt: operation.startedAt,
        readFirst: operation.facts.readFirst ?? true,
        lease: start.lease,
        ...(request.dryRun
          ? {
              collisions: new DryRunCollisions({
                source: context.source,
                userId: unit.userId,
                ...(request.userIds === undefined ? {} : { userIds: request.userIds }),
                migratedAt: operation.startedAt,
                oversize: context.settings.oversize,
                signal: start.signal,
              }),
            }
          : {}),
      };
      const target = request.dryRun ? discardingTarget(context.target) : context.target;
      return migrateUser({ ...context, target }, run, unit.userId, start);
    }
    case 'verification': {
      if (request.mode === 'count') {
        return unit.type === 'user'
          ? countUser(context, unit.userId, start)
          : countSlice(context, unit, request, start);
      }
      const { setKey = '' } = operation.facts;
      if (unit.type === 'user') return verifyUser(context, unit.userId, setKey, start);
      if (unit.close === true) return verifySegmentClosely(context, unit, request, start);
      return verifySegment(context, unit, request, setKey, start);
    }
    case 'rollback':
      if (unit.type === 'segment') return rollBackSegment(context, unit, request, start);
      break;
    case 'prune':
      if (unit.type === 'segment') return pruneSegment(context, unit, { id: operation.id, request }, start);
      break;
  }
  throw new TypeError(`a ${operation.kind} has no work for '${start.unit}'`);
}
