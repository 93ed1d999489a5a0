import { ConfigError } from './config-error.ts';
import { type VariableName, variables } from './variables.ts';

/** Names of the same variables in other tools. */
const otherNames: Readonly<Record<string, VariableName>> = {
  TABLE_NAME: 'DYNAMODB_TABLE',
  DYNAMO_TABLE: 'DYNAMODB_TABLE',
  DYNAMO_TABLE_NAME: 'DYNAMODB_TABLE',
  DYNAMODB_TABLE_NAME: 'DYNAMODB_TABLE',
  AWS_DYNAMODB_TABLE: 'DYNAMODB_TABLE',
  DYNAMO_ENDPOINT: 'AWS_ENDPOINT_URL_DYNAMODB',
  DYNAMODB_ENDPOINT: 'AWS_ENDPOINT_URL_DYNAMODB',
  DYNAMODB_ENDPOINT_URL: 'AWS_ENDPOINT_URL_DYNAMODB',
  AWS_DYNAMODB_ENDPOINT: 'AWS_ENDPOINT_URL_DYNAMODB',
  AWS_DEFAULT_REGION: 'AWS_REGION',
  REDIS_URI: 'REDIS_URL',
  REDIS_HOST: 'REDIS_URL',
  REDIS_PORT: 'REDIS_URL',
  REDIS_DB: 'REDIS_URL',
  REDIS_USERNAME: 'REDIS_URL',
  REDIS_PASSWORD: 'REDIS_URL',
  FIRESTORE_DATABASE: 'FIRESTORE_DATABASE_ID',
  FIRESTORE_DB: 'FIRESTORE_DATABASE_ID',
  FIRESTORE_EMULATOR: 'FIRESTORE_EMULATOR_HOST',
  GCP_PROJECT: 'GOOGLE_CLOUD_PROJECT',
  GOOGLE_PROJECT: 'GOOGLE_CLOUD_PROJECT',
  GOOGLE_PROJECT_ID: 'GOOGLE_CLOUD_PROJECT',
};

/** In shorter names two different letters may give another valid word. */
const shortestMistyped = 12;
const mostTypos = 2;
/** Prefixes of variables that other programs use in every environment. */
const families = /^(AWS|GOOGLE|GCP|FIREBASE|REDIS)_/;

/**
 * Throws a ConfigError for a probably misspelled variable whose correct name is not set, because its value would be
 * ignored. In a `.env` file, names used by other tools count too.
 */
export function requireNoMistypedName(
  env: Readonly<Record<string, string | undefined>>,
  file: { readonly path: string; readonly names: readonly string[] } | undefined,
): void {
  const fromFile = new Set(file?.names);
  for (const name of Object.keys(env)) {
    if (name in variables) continue;
    const inFile = fromFile.has(name);
    const meant = inFile
      ? (otherNames[name] ?? mistyped(name))
      : families.test(name)
        ? undefined
        : mistyped(name);
    if (meant === undefined || (env[meant] ?? '') !== '') continue;
    const where = inFile && file !== undefined ? file.path : 'the environment';
    throw new ConfigError(
      name,
      `${where} holds ${name}, which nothing reads; did you mean ${meant}? Rename it, or set ${meant} too`,
    );
  }
}

function mistyped(name: string): VariableName | undefined {
  const plain = plainName(name);
  return (Object.keys(variables) as VariableName[]).find((known) => {
    const target = plainName(known);
    if (plain === target) return true;
    return target.length >= shortestMistyped && distance(plain, target) <= mostTypos;
  });
}

function plainName(name: string): string {
  return name.toUpperCase().replaceAll('_', '');
}

/** The edit distance: letters wrong, missing, extra, or swapped with the next. */
function distance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > mostTypos) return Number.POSITIVE_INFINITY;
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let best = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        best = Math.min(best, (before[j - 2] ?? 0) + 1);
      row.push(best);
    }
    before = last;
    last = row;
  }
  return last[b.length] ?? 0;
}
