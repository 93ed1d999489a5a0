import { type ErrorCode, errorTable } from '@migrator/core';
import { answers, requests } from '@migrator/engine';
import { z } from 'zod';
import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiResponsesObject } from 'zod-openapi';

import { type Route, tags } from '../route.ts';

/** The error responses of every call. */
const always: Readonly<Record<number, string>> = {
  400: 'INVALID_REQUEST, INVALID_CURSOR, NOT_JSON, BODY_INCOMPLETE, BAD_PATH, BAD_REQUEST',
  500: 'INTERNAL',
};
const guarded: Readonly<Record<number, string>> = {
  401: 'UNAUTHORIZED',
  403: 'READ_ONLY, CROSS_SITE, HOST_NOT_ALLOWED',
  429: 'TOO_MANY_ATTEMPTS',
};
const withoutRedis: Readonly<Record<number, string>> = {
  503: 'REDIS_UNAVAILABLE and other codes that begin with REDIS_',
};
const withBody: Readonly<Record<number, string>> = {
  413: 'BODY_TOO_LARGE',
  415: 'UNSUPPORTED_MEDIA_TYPE, UNSUPPORTED_ENCODING',
};

const laterHeaders = {
  Location: { description: 'URL of the operation', schema: { type: 'string' } },
} as const;

const preferHeader = z.strictObject({
  prefer: z.string().optional().meta({
    description: 'RFC 7240: `wait=N` waits up to N seconds (3,600 at most) for the end',
    example: 'wait=30',
  }),
});

/** The OpenAPI document of the route table, from the schemas that validate requests and responses. */
export function openApiDocument(table: readonly Route[]): object {
  const paths: Record<string, Record<string, ZodOpenApiOperationObject>> = {};
  for (const route of table) {
    const path = route.path.replaceAll(/:(\w+)/g, '{$1}');
    (paths[path] ??= {})[route.method] = operationOf(route);
  }
  return createDocument({
    openapi: '3.1.0',
    info: {
      title: 'Journal migration',
      version: '1.0.0',
      description: 'Moves trading journals from Cloud Firestore to DynamoDB.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    security: [{ token: [] }, { session: [] }],
    tags: Object.entries(tags).map(([name, description]) => ({ name, description })),
    paths,
    components: {
      securitySchemes: {
        token: {
          type: 'http',
          scheme: 'bearer',
          description: 'API_TOKEN, or API_READ_TOKEN for read-only access',
        },
        session: { type: 'apiKey', in: 'cookie', name: 'journal_migration_session' },
      },
    },
  });
}

function operationOf(route: Route): ZodOpenApiOperationObject {
  const { access, body, query, waits } = route;
  const description = descriptionOf(route);
  const params = {
    ...(route.path.includes(':id') && { path: route.params ?? requests.idPath }),
    ...(query && { query }),
    ...(waits !== undefined && { header: preferHeader }),
  };
  return {
    operationId: route.id,
    tags: [route.tag],
    summary: route.summary,
    ...(description !== '' && { description }),
    ...(access === 'open' && { security: [] }),
    ...(Object.keys(params).length > 0 && { requestParams: params }),
    ...(body && {
      requestBody: {
        required: !body.safeParse({}).success,
        content: { 'application/json': { schema: body } },
      },
    }),
    responses: responsesOf(route),
  };
}

function descriptionOf({ description, waits }: Route): string {
  const wait =
    waits === undefined
      ? undefined
      : waits === 0
        ? 'Responds at once, unless `Prefer: wait=N` is sent.'
        : `Waits up to ${waits} seconds, unless \`Prefer: wait=N\` is sent.`;
  return [description, wait].filter((part) => part !== undefined).join(' ');
}

function responsesOf(route: Route): ZodOpenApiResponsesObject {
  const responses: ZodOpenApiResponsesObject = {};
  for (const [status, { description, schema, type = 'application/json' }] of Object.entries(route.answers)) {
    responses[status as `${1 | 2 | 3 | 4 | 5}${string}`] = {
      description,
      ...(status === '202' ? { headers: laterHeaders } : {}),
      content: {
        [type]: { schema: schema ?? (type === 'application/json' ? z.looseObject({}) : z.string()) },
      },
    };
  }
  const problems = merged(
    always,
    route.access === 'open' ? {} : guarded,
    route.body === undefined ? {} : withBody,
    route.needsRedis ? withoutRedis : {},
    ...(route.problems ?? []).map((code) => ({ [statusOf(code)]: code })),
  );
  for (const [status, codes] of Object.entries(problems)) {
    responses[status as `${1 | 2 | 3 | 4 | 5}${string}`] = {
      description: codes,
      content: { 'application/problem+json': { schema: answers.problem } },
    };
  }
  return responses;
}

function statusOf(code: ErrorCode): number {
  return errorTable[code].httpStatus ?? 500;
}

function merged(...parts: readonly Readonly<Record<number, string>>[]): Record<string, string> {
  const all: Record<string, string> = {};
  for (const part of parts) {
    for (const [status, codes] of Object.entries(part))
      all[status] = all[status] ? `${all[status]}, ${codes}` : codes;
  }
  return all;
}
