import type { RequestHandler } from 'express';
import type { z } from 'zod';

import { type ApiContext, basePath } from './api-context.ts';
import { control } from './handlers/control.ts';
import { describe } from './handlers/describe.ts';
import { events } from './handlers/events.ts';
import { healthz, readyz } from './handlers/health.ts';
import { metrics } from './handlers/metrics.ts';
import { entries, failures, migration, migrations, retry } from './handlers/migrations.ts';
import { pace } from './handlers/pace.ts';
import { rollback } from './handlers/rollback.ts';
import { rollbackById } from './handlers/rollbacks.ts';
import { start } from './handlers/start.ts';
import { status } from './handlers/status.ts';
import { verification } from './handlers/verifications.ts';
import { verify } from './handlers/verify.ts';
import type { OperationId } from './openapi/operations.ts';
import {
  entriesQuery,
  failuresQuery,
  noBody,
  paceBody,
  pageQuery,
  retryBody,
  rollbackBody,
  startBody,
  verifyQuery,
} from './schemas.ts';

export interface Route {
  /** Its name in `/openapi.json`, which describes it. */
  readonly id: OperationId;
  readonly method: 'get' | 'post' | 'put';
  readonly path: string;
  readonly handle: RequestHandler<{ id: string }> | RequestHandler;
  /** Starts or changes something although it is a GET. */
  readonly changes?: true;
  /** What may stand behind the path's `?`; nothing by default. */
  readonly query?: z.ZodObject;
  readonly body?: z.ZodObject;
}

/** Every route there is. */
export function routes(context: ApiContext): readonly Route[] {
  const api = (
    id: OperationId,
    method: Route['method'],
    path: string,
    handle: Route['handle'],
    more: Pick<Route, 'query' | 'body' | 'changes'> = {},
  ): Route => ({ id, method, path: basePath + path, handle, ...more });
  const table: Route[] = [
    api('start', 'post', '/start', start(context), { body: startBody }),
    api('status', 'get', '/status', status(context)),
    api('verify', 'get', '/verify', verify(context), { query: verifyQuery, changes: true }),
    api('rollback', 'post', '/rollback', rollback(context), { body: rollbackBody }),
    api('pause', 'post', '/pause', control(context, 'pause'), { body: noBody }),
    api('resume', 'post', '/resume', control(context, 'run'), { body: noBody }),
    api('cancel', 'post', '/cancel', control(context, 'cancel'), { body: noBody }),
    api('pace', 'put', '/pace', pace(context), { body: paceBody }),
    api('events', 'get', '/events', events(context)),
    api('migrations', 'get', '/migrations', migrations(context), { query: pageQuery }),
    api('migration', 'get', '/migrations/:id', migration(context)),
    api('failures', 'get', '/migrations/:id/failures', failures(context), { query: failuresQuery }),
    api('entries', 'get', '/migrations/:id/entries', entries(context), { query: entriesQuery }),
    api('retry', 'post', '/migrations/:id/retry', retry(context), { body: retryBody }),
    api('verification', 'get', '/verifications/:id', verification(context), { query: pageQuery }),
    api('rollbackById', 'get', '/rollbacks/:id', rollbackById(context), { query: pageQuery }),
    { id: 'healthz', method: 'get', path: '/healthz', handle: healthz },
    { id: 'readyz', method: 'get', path: '/readyz', handle: readyz(context) },
    { id: 'metrics', method: 'get', path: '/metrics', handle: metrics(context) },
  ];
  return [...table, ...describe(table)];
}
