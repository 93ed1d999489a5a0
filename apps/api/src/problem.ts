import { errorTable, escapeHtml, MigrationError } from '@migrator/core';
import { OperationRunningError } from '@migrator/engine';
import { type RedisConnection, toRedisError } from '@migrator/queue';
import type { ErrorRequestHandler, Response } from 'express';

import { isNavigation, isSignedIn } from './access/access-guard.ts';
import { externalAddressOf } from './access/external-address.ts';
import { basePath as apiPath, type ApiTelemetry } from './api-context.ts';
import { HttpError } from './http-error.ts';
import { operationPath } from './operation-path.ts';
import { page } from './html-page.ts';
import { logIn } from './request-telemetry.ts';

/** A problem document as RFC 9457 has it. */
export function problemBody(
  status: number,
  code: string,
  detail: string,
  extra: Readonly<Record<string, unknown>> = {},
): string {
  const title = code.toLowerCase().replaceAll('_', ' ');
  const type = `urn:firestore-to-dynamodb-migration:${code.toLowerCase()}`;
  return JSON.stringify({ type, title, status, code, detail, ...extra });
}

function sendProblem(
  response: Response,
  status: number,
  code: string,
  detail: string,
  extra: Readonly<Record<string, unknown>> = {},
): void {
  response.status(status).set('Cache-Control', 'no-store').vary('Accept');
  if (isNavigation(response.req)) response.type('html').send(problemPage(response, status, code, detail));
  else response.type('application/problem+json').send(problemBody(status, code, detail, extra));
}

/** The same as an HTML page, for a browser. */
function problemPage(response: Response, status: number, code: string, detail: string): string {
  const { basePath } = externalAddressOf(response);
  const title = status === 404 ? 'There is no such page' : 'The request failed';
  return page(
    title,
    `<main><h1>${title}</h1>
<p>${escapeHtml(detail)}.</p>
<p><code>${escapeHtml(code)}</code></p>
<p><a href="${basePath}/">Go to the dashboard</a></p></main>`,
    { basePath, signOut: isSignedIn(response) },
  );
}

/** Turns every error into a problem document. An unknown error's message is only logged. */
export function problems({ redact }: ApiTelemetry, redis: RedisConnection): ErrorRequestHandler {
  return (error: unknown, _request, response, next) => {
    const log = (err: unknown): void => logIn(response)?.error({ err }, 'request failed');
    // Calls of Bull Board and BullMQ throw Redis's own errors.
    const named = toRedisError(error, redis) ?? error;
    if (response.headersSent) {
      next(error);
      return;
    }
    if (error instanceof HttpError) {
      response.set(error.headers);
      sendProblem(response, error.status, error.code, error.message, error.extra);
    } else if (error instanceof OperationRunningError) {
      const { id, kind, state } = error.current;
      response.set('Retry-After', '5');
      sendProblem(response, 409, error.code, error.message, {
        [`${kind}Id`]: id,
        current: {
          id,
          kind,
          state,
          href: `${externalAddressOf(response).basePath}${apiPath}${operationPath(error.current)}`,
        },
      });
    } else if (isBodyError(error)) {
      sendProblem(response, error.status, ...bodyProblem(error));
    } else if (named instanceof MigrationError) {
      const status = errorTable[named.code].httpStatus ?? 500;
      if (status === 503) response.set('Retry-After', '5');
      if (status === 500) log(named);
      sendProblem(response, status, named.code, redact(named.message));
    } else {
      log(error);
      sendProblem(
        response,
        500,
        'INTERNAL',
        `Internal error. See the server log, request id ${response.get('X-Request-Id') ?? 'unknown'}`,
      );
    }
  };
}

interface BodyError extends Error {
  readonly status: number;
  readonly type: string;
}

/** Whether it is an error of express.json or the router, which has a status. */
function isBodyError(error: unknown): error is BodyError {
  return (
    error instanceof Error &&
    'status' in error &&
    typeof error.status === 'number' &&
    error.status >= 400 &&
    error.status < 500
  );
}

function bodyProblem(error: BodyError): [code: string, detail: string] {
  switch (error.type) {
    case 'entity.parse.failed':
      return ['NOT_JSON', 'The body is not JSON'];
    case 'entity.too.large':
      return ['BODY_TOO_LARGE', 'The body is larger than 1 MB'];
    case 'charset.unsupported':
    case 'encoding.unsupported':
      return ['UNSUPPORTED_ENCODING', 'Send the body as uncompressed JSON in UTF-8'];
    case 'request.size.invalid':
    case 'request.aborted':
      return ['BODY_INCOMPLETE', 'The body is shorter than its Content-Length'];
    default:
      return error instanceof URIError
        ? ['BAD_PATH', 'The path contains an invalid percent-encoding']
        : ['BAD_REQUEST', 'The request could not be read'];
  }
}
