import { type ErrorCode, MigrationError } from '@migrator/core';
import { OperationRunningError } from '@migrator/engine';
import type { ErrorRequestHandler, Response } from 'express';

import { basePath } from './api-context.ts';
import { HttpError } from './http-error.ts';
import { operationPath } from './operation-path.ts';

/** Codes that a person can mend before trying again, by configuration or by what the services hold: 422. */
const unprocessable: readonly ErrorCode[] = [
  'ACCESS_DENIED',
  'CREDENTIALS_NOT_FOUND',
  'CREDENTIALS_EXPIRED',
  'CREDENTIALS_REFUSED',
  'REGION_NOT_FOUND',
  'TABLE_NOT_FOUND',
  'TABLE_KEY_MISMATCH',
  'SOURCE_ACCESS_DENIED',
  'SOURCE_NOT_FOUND',
  'SOURCE_INVALID',
  'NO_DATA',
];

const statuses: Partial<Record<ErrorCode, number>> = {
  ...Object.fromEntries(unprocessable.map((code) => [code, 422])),
  NOT_FOUND: 404,
  OPERATION_RUNNING: 409,
  NOTHING_RUNNING: 409,
  ROLLED_BACK: 409,
  NOT_RETRYABLE: 409,
  REDIS_UNAVAILABLE: 503,
  REDIS_EVICTS: 503,
  SOURCE_UNAVAILABLE: 503,
  SOURCE_THROTTLED: 503,
  TARGET_UNAVAILABLE: 503,
  THROTTLED: 503,
  ABORTED: 503,
};

/** RFC 9457. */
function sendProblem(
  response: Response,
  status: number,
  code: string,
  detail: string,
  extra: Readonly<Record<string, unknown>> = {},
): void {
  const title = code.toLowerCase().replaceAll('_', ' ');
  response
    .status(status)
    .set('Cache-Control', 'no-store')
    .type('application/problem+json')
    .send(
      JSON.stringify({
        type: `urn:firestore-to-dynamodb-migration:${code.toLowerCase()}`,
        title,
        status,
        code,
        detail,
        ...extra,
      }),
    );
}

/** Every error becomes a problem document; nothing of an unknown one is shown. */
export function problems(log: (error: unknown) => void): ErrorRequestHandler {
  return (error: unknown, _request, response, next) => {
    if (response.headersSent) {
      next(error);
      return;
    }
    if (error instanceof HttpError) {
      sendProblem(response, error.status, error.code, error.message, error.extra);
    } else if (error instanceof OperationRunningError) {
      const { id, kind, state } = error.current;
      response.set('Retry-After', '5');
      sendProblem(response, 409, error.code, error.message, {
        [`${kind}Id`]: id,
        current: { id, kind, state, href: `${basePath}${operationPath(error.current)}` },
      });
    } else if (error instanceof MigrationError) {
      const status = statuses[error.code] ?? 500;
      if (status === 503) response.set('Retry-After', '5');
      if (status === 500) log(error);
      sendProblem(response, status, error.code, error.message);
    } else if (isBodyError(error)) {
      sendProblem(response, error.status, ...bodyProblem(error));
    } else if (isRedisTrouble(error)) {
      response.set('Retry-After', '5');
      sendProblem(
        response,
        503,
        'REDIS_UNAVAILABLE',
        "Redis can't be reached; check REDIS_URL and that it runs",
      );
    } else {
      log(error);
      sendProblem(
        response,
        500,
        'INTERNAL',
        "Something went wrong that shouldn't have; the server's log says what",
      );
    }
  };
}

interface BodyError extends Error {
  readonly status: number;
  readonly type: string;
}

/** What express.json and the router throw carries a status of its own. */
function isBodyError(error: unknown): error is BodyError {
  return (
    error instanceof Error && 'status' in error && typeof error.status === 'number' && error.status < 500
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
    default:
      return ['BAD_REQUEST', 'The request could not be read'];
  }
}

/** What ioredis throws where the connection is away: neither has a class of its own that is exported. */
function isRedisTrouble(error: unknown): boolean {
  return (
    error instanceof Error &&
    /Connection is closed|Stream isn't writeable|Command timed out|ECONNREFUSED|max retries per request/i.test(
      error.message,
    )
  );
}
