import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { ExpressAdapter } from '@bull-board/express';
import { taskLabel } from '@migrator/engine';
import { toRedisError } from '@migrator/queue';
import type { Express, RequestHandler, Response } from 'express';

import { externalAddressOf } from './access/external-address.ts';
import { roleIn } from './access/access-guard.ts';
import type { ApiContext } from './api-context.ts';

export const boardPath = '/admin/queues';

/** Bull Board over the two queues. The role `read` gets a read-only one. */
export function bullBoard(context: ApiContext): RequestHandler {
  const full = board(context, false);
  const readOnly = board(context, true);
  return (request, response, next) => {
    if (request.path === `/${hidingStyle}`) {
      response.type('css').send(hideRefused);
      return;
    }
    renderSelfContained(response);
    const chosen = roleIn(response) === 'full' ? full : readOnly;
    chosen(request, response, next);
  };
}

function board(context: ApiContext, readOnlyMode: boolean): RequestHandler {
  const { http, queues, redis, settings, telemetry } = context;
  const serverAdapter = new ExpressAdapter();
  // Relative to the board's path, so that it works with any base path.
  const miscLinks = [
    { text: 'Dashboard', url: '../../' },
    ...(http.apiToken === undefined ? [] : [{ text: 'Sign out', url: '../../sign-out' }]),
  ];
  serverAdapter.setBasePath(boardPath);
  const coordinators = new BullMQAdapter(queues.coordinators, {
    readOnlyMode,
    description: 'One job for each run, verification and rollback',
  });
  const tasks = new BullMQAdapter(queues.tasks, {
    readOnlyMode,
    description: 'One job for each user; retry a failed one here',
  });
  if (settings.hideUserData === true) tasks.setFormatter('data', withoutUser);
  createBullBoard({
    serverAdapter,
    queues: [coordinators, tasks],
    options: {
      handlerHooks: { before: refuseUnsafe },
      uiConfig: { boardTitle: 'Journal migration', hideDocsLink: true, miscLinks },
    },
  });
  // Bull Board's own handler would show the message of any error.
  serverAdapter.setErrorHandler((error) => {
    const refused = toRedisError(error, redis);
    // The page shows `error`.
    if (refused !== undefined)
      return { status: 503 as 500, body: { error: telemetry.redact(refused.message), code: refused.code } };
    const status = 'status' in error && typeof error.status === 'number' ? error.status : 500;
    if (status >= 500) telemetry.log?.error({ err: error }, 'Bull Board failed');
    return { status: status as 500, body: { error: 'ERRORS.INTERNAL_SERVER_ERROR' } };
  });
  const app = serverAdapter.getRouter() as Express;
  app.disable('x-powered-by');
  return app;
}

/**
 * Calls that create jobs without a task, remove the queue, or limit it for all later runs too, which no status would
 * explain: the pace is the run's limit. All others are safe: totals are in the ledger, a pause
 * of the queue pauses the run, a retry reopens it (lua/start-task.lua), and a task whose job was removed is
 * dispatched again.
 */
const unsafe: ReadonlySet<string> = new Set([
  'post /api/queues/:queueName/add',
  'patch /api/queues/:queueName/:jobId/update-data',
  'put /api/queues/:queueName/obliterate',
  'put /api/queues/:queueName/concurrency',
  'put /api/queues/:queueName/rate-limit',
  'put /api/queues/:queueName/job-schedulers/:schedulerId/remove',
  'patch /api/queues/:queueName/job-schedulers/:schedulerId',
  'put /api/queues/:queueName/job-schedulers/:schedulerId/run',
]);

const hidingStyle = 'refused.css';

/** The board has no option to leave out the buttons of what `unsafe` refuses. */
const hideRefused = `
[role='menuitem']:has(.lucide-plus, .lucide-chart-no-axes-gantt, .lucide-gauge), [role='menuitem'][class*='danger'],
ul[class*='jobActions'] li:has(.lucide-files, .lucide-pencil) { display: none !important; }
`;

/** A job's id begins with its operation's. Bull Board would accept any key of the queue as a job. */
const ownJobId = /^[a-z]+-\d{8}T\d{9}Z\.[\w.~-]+$/;

interface BoardRequest {
  readonly method: string;
  readonly route: string;
  readonly request: { readonly params: Readonly<Record<string, unknown>> };
}

function refuseUnsafe({ method, route, request }: BoardRequest) {
  const { jobId } = request.params;
  if (jobId !== undefined && !(typeof jobId === 'string' && ownJobId.test(jobId))) {
    return { allow: false, status: 404, message: 'There is no job with this id.' } as const;
  }
  if (!unsafe.has(`${method} ${route}`)) return undefined;
  return {
    allow: false,
    status: 403,
    message: 'Only runs create jobs. Start, limit, retry or cancel a run with the API or on the dashboard.',
  } as const;
}

function withoutUser(data: { operationId?: unknown; task?: unknown }): object {
  return { ...data, task: typeof data.task === 'string' ? taskLabel(data.task, true) : '' };
}

/** Removes a font of Google and inline styles from Bull Board's page, which the content security policy forbids. */
function renderSelfContained(response: Response): void {
  const render = response.render.bind(response) as (
    view: string,
    values: object,
    done: (error: Error | null, html?: string) => void,
  ) => void;
  response.render = (view: string, values?: object | RenderDone) => {
    const basePath = externalAddressOf(response).basePath + boardPath;
    // With a slash at its end, because the page's links are relative to it.
    render(
      view,
      { ...(typeof values === 'object' ? values : {}), basePath: `${basePath}/` },
      (error, html = '') => {
        if (error !== null) throw error;
        response.type('html').send(selfContained(html));
      },
    );
  };
}

type RenderDone = (error: Error, html: string) => void;

function selfContained(html: string): string {
  return html
    .replaceAll(/<link[^<>]*>/g, (link) => (link.includes('href="http') ? '' : link))
    .replaceAll(/<style>[^<]*<\/style>/g, '')
    .replaceAll(/ style="[^"]*"/g, '')
    .replace('</head>', `<link rel="stylesheet" href="${hidingStyle}"></head>`);
}
