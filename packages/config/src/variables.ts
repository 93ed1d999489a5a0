import { readFileSync, statSync } from 'node:fs';

import { parseRedisUrl, redisUrlForms } from './parse-redis-url.ts';
import { z } from 'zod';

import { parseBasePath, parseHosts, parseTrustedProxies } from './address-list.ts';
import { logLevels } from './config.ts';

interface Variable<T> {
  readonly schema: z.ZodType<T, string>;
  /** The valid values, for messages and the docs. */
  readonly holds: string;
  /** The value is never shown. */
  readonly secret?: true;
  /** The value is the path of a file; some set it to the file's content by mistake. */
  readonly file?: true;
}

export type AnyVariable = Variable<unknown>;

const text = z.string().min(1);
const oneOf = <const T extends string>(values: readonly T[]): Variable<T> => ({
  schema: z.enum(values),
  holds: `one of ${values.join(', ')}`,
});
const whole = (from: number, to: number): Variable<number> => ({
  schema: z.string().regex(/^\d+$/).transform(Number).pipe(z.number().min(from).max(to)),
  holds: `a whole number from ${from} to ${to}`,
});
const isUrl = (value: string, protocols: readonly string[]): boolean =>
  URL.canParse(value) && protocols.includes(new URL(value).protocol);
const collection: Variable<string> = {
  schema: text.refine((value) => !value.includes('/') && !/^(\.|\.\.|__.*__)$/.test(value)),
  holds: "a collection's name, without a slash",
};
const pemFile: Variable<string> = {
  schema: text.refine(isPemFile),
  holds: 'the path of a PEM file that this process can read',
  file: true,
};
const price: Variable<number> = {
  schema: z
    .string()
    .regex(/^\d+(\.\d+)?$/)
    .transform(Number),
  holds: 'US dollars, such as 0.625',
};
const secret: Variable<string> = { schema: text.min(16), holds: 'at least 16 characters', secret: true };

function parsed<T>(parse: (text: string) => T | undefined, holds: string): Variable<T> {
  const schema = text.transform((value, context): T => {
    const result = parse(value);
    if (result !== undefined) return result;
    context.addIssue({ code: 'custom', message: 'has another form' });
    return z.NEVER;
  });
  return { schema, holds };
}

function withoutUser(url: string): string {
  const { username, password } = new URL(url);
  if (username === '' && password === '') return url;
  const clean = new URL(url);
  clean.username = '';
  clean.password = '';
  return clean.href;
}

/** Checks the PEM, because Node ignores invalid content silently. */
function isPemFile(file: string): boolean {
  try {
    return statSync(file).isFile() && readFileSync(file, 'latin1').includes('-----BEGIN ');
  } catch {
    return false;
  }
}

/** All variables that the product reads, by name. */
export const variables = {
  GOOGLE_CLOUD_PROJECT: { schema: text.regex(/^[^/\s]+$/), holds: "a Google Cloud project's id" },
  FIRESTORE_EMULATOR_HOST: {
    schema: text.regex(/^[^/\s]+:\d+$/),
    holds: 'host:port, such as 127.0.0.1:8080',
  },
  FIRESTORE_DATABASE_ID: { schema: text.regex(/^[^/\s]+$/), holds: "a database's id, such as (default)" },
  USERS_COLLECTION: collection,
  JOURNAL_COLLECTION: collection,
  AWS_REGION: { schema: text.regex(/^[a-z0-9-]+$/), holds: 'a region, such as eu-central-1' },
  AWS_ENDPOINT_URL_DYNAMODB: {
    // User and password are removed: requests are signed, so they have no use.
    schema: text.refine((value) => isUrl(value, ['http:', 'https:'])).transform(withoutUser),
    holds: 'a URL that begins with http:// or https://',
  },
  AWS_CA_BUNDLE: pemFile,
  DYNAMODB_TABLE: {
    schema: text.regex(/^[a-zA-Z0-9_.-]{3,255}$/),
    holds: "a table's name: 3 to 255 of a-z A-Z 0-9 _ . -",
  },
  CREATE_TABLE: oneOf(['true', 'false']),
  REDIS_URL: {
    schema: text.refine((value) => parseRedisUrl(value) !== undefined),
    holds: redisUrlForms,
    secret: true,
  },
  REDIS_TLS_CA: pemFile,
  REDIS_TLS_CERT: pemFile,
  REDIS_TLS_KEY: pemFile,
  QUEUE_PREFIX: { schema: text.regex(/^[\w{}.:-]+$/), holds: 'letters, digits, and _ - . : { }' },
  HOST: { schema: text.regex(/^\S+$/), holds: 'an address to listen on, such as 127.0.0.1' },
  PORT: whole(0, 65_535),
  BASE_PATH: parsed(parseBasePath, 'the path that the API is found below, such as /tools/migrator'),
  TRUSTED_PROXIES: parsed(
    parseTrustedProxies,
    'addresses and ranges with commas between, such as 127.0.0.1,10.0.0.0/8 (or loopback, linklocal, uniquelocal), or the number of proxies, 0 to 10',
  ),
  ALLOWED_HOSTS: parsed(parseHosts, 'host names with commas between, such as migrator.example.com'),
  NOTIFY_URL: {
    schema: text.refine((value) => isUrl(value, ['http:', 'https:'])),
    holds: 'an http or https URL that takes a POST',
    secret: true,
  },
  NOTIFY_SECRET: secret,
  API_TOKEN: secret,
  API_READ_TOKEN: secret,
  OVERSIZE: oneOf(['fail', 'gzip']),
  USER_CONCURRENCY: whole(1, 1_000),
  WRITE_CONCURRENCY: whole(1, 10_000),
  MAX_WRITE_UNITS_PER_SECOND: whole(1, 1_000_000_000),
  SOURCE_RAMP: oneOf(['true', 'false']),
  LOG_LEVEL: oneOf(logLevels),
  HIDE_USER_DATA: oneOf(['true', 'false']),
  PRICE_DYNAMODB_MILLION_WRITE_UNITS: price,
  PRICE_DYNAMODB_MILLION_READ_UNITS: price,
  PRICE_FIRESTORE_100000_READS: price,
} satisfies Record<string, Variable<unknown>>;

/** Removed variables and the reason. Setting one is an error, because it would be ignored. */
export const removedVariables: Readonly<Record<string, string>> = {
  WRITE_MODE: 'every write is conditional',
};

export type VariableName = keyof typeof variables;
export type VariableValue<Name extends VariableName> = z.output<(typeof variables)[Name]['schema']>;
