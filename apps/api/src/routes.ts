import type { RequestHandler } from 'express';

import { type ApiContext, basePath } from './api-context.ts';
import { control } from './handlers/control.ts';
import { events } from './handlers/events.ts';
import { healthz, readyz } from './handlers/health.ts';
import { failures, migration, migrations, retry } from './handlers/migrations.ts';
import { pace } from './handlers/pace.ts';
import { rollback } from './handlers/rollback.ts';
import { rollbackById } from './handlers/rollbacks.ts';
import { start } from './handlers/start.ts';
import { status } from './handlers/status.ts';
import { verification } from './handlers/verifications.ts';
import { verify } from './handlers/verify.ts';

export interface Route {
  readonly method: 'get' | 'post' | 'put';
  readonly path: string;
  readonly handle: RequestHandler<{ id: string }> | RequestHandler;
}

/** Every route there is. */
export function routes(context: ApiContext): readonly Route[] {
  const api = (method: Route['method'], path: string, handle: Route['handle']): Route => ({
    method,
    path: basePath + path,
    handle,
  });
  return [
    api('post', '/start', start(context)),
    api('get', '/status', status(context)),
    api('get', '/verify', verify(context)),
    api('post', '/rollback', rollback(context)),
    api('post', '/pause', control(context, 'pause')),
    api('post', '/resume', control(context, 'run')),
    api('post', '/cancel', control(context, 'cancel')),
    api('put', '/pace', pace(context)),
    api('get', '/events', events(context)),
    api('get', '/migrations', migrations(context)),
    api('get', '/migrations/:id', migration(context)),
    api('get', '/migrations/:id/failures', failures(context)),
    api('post', '/migrations/:id/retry', retry(context)),
    api('get', '/verifications/:id', verification(context)),
    api('get', '/rollbacks/:id', rollbackById(context)),
    { method: 'get', path: '/healthz', handle: healthz },
    { method: 'get', path: '/readyz', handle: readyz(context) },
  ];
}
