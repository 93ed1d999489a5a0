import type { Operation } from '@migrator/core';

import { migrationPlan } from './migration-plan.ts';
import type { Plan } from './plan.ts';
import { segmentsPlan } from './segments-plan.ts';
import { verificationPlan } from './verification-plan.ts';

export function planOf(operation: Operation): Plan {
  const { request } = operation;
  switch (request.kind) {
    case 'migration':
      return migrationPlan(request);
    case 'verification':
      return verificationPlan(request);
    case 'rollback':
      return segmentsPlan('rolling-back');
    case 'prune':
      return segmentsPlan('migrating');
  }
}
