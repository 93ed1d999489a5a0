import fc from 'fast-check';

/** One request, as bytes on the wire would say it. */
export interface FuzzRequest {
  readonly operation: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

interface Schema {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
}

interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly schema: Schema }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
}

export interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

const json = { 'Content-Type': 'application/json' };
const nasty = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.constantFrom(
    '',
    '.',
    '..',
    '%',
    '\u0000',
    '__proto__',
    '-1',
    '1e999',
    '(',
    '[',
    '*',
    '\uD800',
    'x'.repeat(3_000),
  ),
);

/** Requests of the document's operations, some as it has them, some nearly. */
export function anyRequest(document: OpenApi): fc.Arbitrary<FuzzRequest> {
  return fc.oneof(
    ...operationsOf(document).map(({ path, method, operation }) => {
      const { parameters = [], requestBody } = operation;
      const query = parameters.filter((one) => one.in === 'query');
      const bodySchema = requestBody?.content['application/json']?.schema;
      return fc
        .record({
          id: fc.oneof(
            fc.constantFrom('migration-20261122T091051123Z', 'verification-20261122T091051123Z'),
            nasty,
          ),
          query: fc.record(
            Object.fromEntries(
              query.map(({ name, schema }) => [name, fc.oneof(valueOf(schema).map(String), nasty)]),
            ),
            { requiredKeys: [] },
          ),
          prefer: fc.constantFrom('wait=0', 'respond-async, wait=0', 'wait="0"', 'wait=0, wait=9'),
          body:
            bodySchema === undefined
              ? fc.constant(undefined)
              : fc.oneof(valueOf(bodySchema), wrongValue(bodySchema)).map((value) => JSON.stringify(value)),
        })
        .map(({ id, query: values, prefer, body }) => ({
          operation: operation.operationId,
          method: method.toUpperCase(),
          path: fill(path, id) + search(values),
          headers: { Prefer: prefer, ...(body === undefined ? {} : json) },
          body,
        }));
    }),
  );
}

/** Requests that no operation may take: each has one thing wrong with it. */
export function badRequest(document: OpenApi): fc.Arbitrary<FuzzRequest> {
  const all = operationsOf(document).map(({ path, method, operation }) => {
    const { parameters = [], requestBody, operationId } = operation;
    const base = { operation: operationId, method: method.toUpperCase(), headers: {} };
    const where = fill(path, 'migration-20261122T091051123Z');
    const wrong: fc.Arbitrary<FuzzRequest>[] = [
      fc
        .string({ minLength: 1, maxLength: 10 })
        .filter((name) => name.isWellFormed() && !parameters.some((one) => one.name === name))
        .map((name) => ({ ...base, path: where + search({ [name]: '1' }) })),
      fc.constantFrom('PATCH', 'DELETE').map((other) => ({ ...base, method: other, path: where })),
      fc.constantFrom('%', '%zz', '%E0%A4%A').map((text) => ({ ...base, path: `${where}${text}` })),
    ];
    for (const { name, schema } of parameters.filter((one) => one.in === 'query')) {
      wrong.push(
        nasty
          .filter((text) => text.isWellFormed() && !fits(schema, text))
          .map((text) => ({ ...base, path: where + search({ [name]: text }) })),
      );
    }
    const schema = requestBody?.content['application/json']?.schema;
    if (schema !== undefined) {
      wrong.push(
        wrongValue(schema).map((value) => ({
          ...base,
          path: where,
          headers: json,
          body: JSON.stringify(value),
        })),
        fc
          .constantFrom('{', '', ']', '{"a":1,}', "{'a':1}", '{"__proto__":{"dryRun":true}}', '\u0000', 'nul')
          .filter((text) => text !== '')
          .map((body) => ({ ...base, path: where, headers: json, body })),
        fc
          .constantFrom(
            'text/plain',
            'application/x-www-form-urlencoded',
            'application/json; charset=iso-8859-1',
          )
          .map((type) => ({ ...base, path: where, headers: { 'Content-Type': type }, body: '{}' })),
      );
    }
    return fc.oneof(...wrong);
  });
  return fc.oneof(...all);
}

function operationsOf(document: OpenApi) {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
}

function valueOf(schema: Schema): fc.Arbitrary<unknown> {
  if (schema.anyOf !== undefined) return fc.oneof(...schema.anyOf.map(valueOf));
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  switch (typeOf(schema)) {
    case 'boolean':
      return fc.boolean();
    case 'integer':
    case 'number':
      return fc.integer({ min: schema.minimum ?? 0, max: schema.maximum ?? 1_000 });
    case 'array':
      return fc.array(valueOf(schema.items ?? {}), { minLength: 1, maxLength: 4 });
    case 'object': {
      const fields = Object.entries(schema.properties ?? {}).map(([name, one]) => [name, valueOf(one)]);
      return fc.record(Object.fromEntries(fields) as Record<string, fc.Arbitrary<unknown>>, {
        requiredKeys: [],
      });
    }
    case 'null':
      return fc.constant(null);
    default:
      if (schema.pattern !== undefined) return fc.stringMatching(new RegExp(schema.pattern));
      return fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 });
  }
}

/** A body that the schema of an object does not take. */
function wrongValue(schema: Schema): fc.Arbitrary<unknown> {
  const fields = Object.entries(schema.properties ?? {});
  const wrongFields = fields.map(([name, one]) => {
    const misfit = fc
      .anything({ withNullPrototype: false, maxDepth: 2 })
      .map((value): unknown => JSON.parse(JSON.stringify(value) ?? '{}'))
      .filter((value) => !couldFit(one, value));
    return misfit.map((value) => ({ [name]: value }));
  });
  return fc.oneof(
    fc.constantFrom<unknown>(null, 1, 'text', true, [], [{}]),
    fc.string({ minLength: 1 }).map((name) => ({ [`${name}?`]: 1 })),
    ...wrongFields,
  );
}

/** By type alone; generous, so that what is left certainly does not fit. */
function couldFit(schema: Schema, value: unknown): boolean {
  if (schema.anyOf !== undefined) return schema.anyOf.some((one) => couldFit(one, value));
  const type = value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
  const wanted = typeOf(schema);
  return type === wanted || (type === 'number' && wanted === 'integer');
}

function fits(schema: Schema, text: string): boolean {
  if (schema.enum !== undefined) return schema.enum.includes(text);
  return schema.pattern === undefined || new RegExp(schema.pattern).test(text);
}

function typeOf({ type }: Schema): string {
  return typeof type === 'string' ? type : (type?.[0] ?? 'string');
}

function fill(path: string, id: string): string {
  return path.replaceAll(/\{\w+\}/g, encodeURIComponent(id.toWellFormed()));
}

function search(values: Readonly<Record<string, unknown>>): string {
  const pairs = Object.entries(values).map(
    ([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value).toWellFormed())}`,
  );
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}
