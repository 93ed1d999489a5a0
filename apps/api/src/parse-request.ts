import type { z } from 'zod';

import { HttpError } from './http-error.ts';

/** The body as the schema has it, or a 400 that names the field. No body is an empty one. */
export function parseBody<T>(schema: z.ZodType<T>, body: unknown): T {
  return parse(schema, body === undefined ? {} : body, 'body');
}

export function parseQuery<T>(schema: z.ZodType<T>, query: unknown): T {
  return parse(schema, query, 'query');
}

export function parsePath<T>(schema: z.ZodType<T>, params: unknown): T {
  return parse(schema, params, 'path');
}

function parse<T>(schema: z.ZodType<T>, value: unknown, where: 'body' | 'path' | 'query'): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const errors = result.error.issues.map((issue) => ({
    field:
      [...issue.path, ...(issue.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [])].join('.') ||
      where,
    message: issue.code === 'unrecognized_keys' ? 'is not a known field' : issue.message,
  }));
  const detail = errors.map(({ field, message }) => `${field}: ${message}`).join('; ');
  const isCursor = errors.every(({ field }) => field === 'cursor');
  throw new HttpError(
    400,
    isCursor ? 'INVALID_CURSOR' : 'INVALID_REQUEST',
    `The ${where} is not as it should be: ${detail}`,
    { errors },
  );
}
