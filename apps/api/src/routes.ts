import type { Route } from './route.ts';
import { cancel, pace, pause, resume } from './routes/control.ts';
import { describe } from './routes/describe.ts';
import { events } from './routes/events.ts';
import { health, healthz, readyz } from './routes/health.ts';
import { metrics } from './routes/metrics.ts';
import { entries, failures, migration, migrations, retry, user } from './routes/migrations.ts';
import { rollback, rollbackById, rollbacks } from './routes/rollback.ts';
import { sourceCount, start } from './routes/start.ts';
import { status, workers } from './routes/status.ts';
import { verification, verifications, verify } from './routes/verify.ts';

const described: readonly Route[] = [
  start,
  status,
  verify,
  rollback,
  pause,
  resume,
  cancel,
  pace,
  events,
  migrations,
  migration,
  failures,
  entries,
  user,
  sourceCount,
  retry,
  verifications,
  verification,
  rollbacks,
  rollbackById,
  workers,
  healthz,
  health,
  readyz,
  metrics,
];

export const routes: readonly Route[] = [...described, ...describe(described)];
