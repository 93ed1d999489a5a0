import { defaultProvider } from '@aws-sdk/credential-provider-node';
import type { DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { readFile } from 'node:fs/promises';
import { MigrationError, fileFault } from '@migrator/core';
import { loadSharedConfigFiles } from '@smithy/core/config';
import { toServiceError } from './target-errors.ts';

type Chain = ReturnType<typeof defaultProvider>;

/**
 * The AWS SDK's credentials chain: environment, profile, SSO, web identity, container, instance. Rejects with a
 * MigrationError that names the faulty source, where the chain's own error names only a file or a socket, or none.
 */
export function awsCredentials(requestHandler: NonNullable<DynamoDBClientConfig['requestHandler']>): Chain {
  const chain = defaultProvider({ clientConfig: { requestHandler, maxAttempts: 1 } });
  return async (options) => {
    try {
      const found = await chain(options);
      requireUsable(found, process.env);
      return found;
    } catch (error) {
      throw await credentialsError(error, process.env);
    }
  };
}

type Env = Readonly<Record<string, string | undefined>>;

/** Throws for a key with a line break or a space, which would make each request's header or signature invalid. */
function requireUsable(
  found: { accessKeyId: string; secretAccessKey: string; sessionToken?: string | undefined },
  env: Env,
): void {
  const parts = [
    [found.accessKeyId, 'AWS_ACCESS_KEY_ID', 'access key id'],
    [found.secretAccessKey, 'AWS_SECRET_ACCESS_KEY', 'secret access key'],
    [found.sessionToken ?? '-', 'AWS_SESSION_TOKEN', 'session token'],
  ] as const;
  for (const [value, variable, name] of parts) {
    const odd = /[^\x21-\x7e]/.exec(value)?.[0];
    if (odd === undefined && value !== '') continue;
    const where = env[variable] === value ? variable : `the ${name} of the AWS profile or service`;
    const holds = odd === undefined ? 'is empty' : `holds ${oddity(odd)}, which no key has`;
    throw new MigrationError(
      'CREDENTIALS_REFUSED',
      `AWS credentials can't be used: ${where} ${holds}. Copy it again, without line breaks, spaces or quotes around it.`,
    );
  }
}

function oddity(character: string): string {
  if (character === '\r') return 'a carriage return (the file has Windows line ends)';
  if (character === '\n') return 'a line break';
  if (character === '\uFEFF') return 'a byte order mark';
  if (/\s/.test(character)) return 'a space';
  return 'a character that is not ASCII';
}

const network =
  /^(?:ECONN\w*|ENOTFOUND|ETIMEDOUT|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|EPIPE|UND_ERR\w*|TimeoutError)$/;

/**
 * The error for missing credentials. It repeats only the name of the chain's own error, because a command's output or
 * a service's response may contain a key.
 */
async function credentialsError(error: unknown, env: Env): Promise<MigrationError> {
  if (error instanceof MigrationError) return error;
  const { name, message, httpStatus } = toServiceError(error);
  const source = sourceOf(env);
  if (/\bsso\b/i.test(message) && /expired|invalid|not found/i.test(message)) {
    const profile = profileOf(env) === 'default' ? '' : ` --profile ${profileOf(env)}`;
    return new MigrationError(
      'CREDENTIALS_EXPIRED',
      `The AWS SSO session is not valid or has expired: run aws sso login${profile}.`,
    );
  }
  if (httpStatus !== undefined && httpStatus < 500 && name !== 'CredentialsProviderError') {
    return new MigrationError(
      /expired/i.test(name) ? 'CREDENTIALS_EXPIRED' : 'CREDENTIALS_REFUSED',
      `AWS gives no credentials for ${source} (${name}): check the role's name, and that its trust policy lets this identity assume it.`,
    );
  }
  const fault = await faultOf(env);
  if (fault !== undefined) return notFound(fault);
  if (httpStatus !== undefined && httpStatus >= 500) return unreachable(source, `HTTP ${httpStatus}`);
  if (network.test(name)) return unreachable(source, name);
  return notFound(await lastFaultOf(env));
}

function notFound(fault: string | undefined): MigrationError {
  const why = fault === undefined ? '' : `: ${fault}`;
  return new MigrationError(
    'CREDENTIALS_NOT_FOUND',
    `AWS credentials not found${why}${why === '' ? ':' : ';'} set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or use another source of the AWS SDK's chain.`,
  );
}

function unreachable(source: string, why: string): MigrationError {
  return new MigrationError(
    'TARGET_UNAVAILABLE',
    `AWS's credentials server for ${source} can't be reached (${why}).`,
  );
}

function profileOf(env: Env): string {
  return env['AWS_PROFILE'] || 'default';
}

/** The source of the credentials, in the chain's order. */
function sourceOf(env: Env): string {
  if (env['AWS_PROFILE']) return `profile "${env['AWS_PROFILE']}"`;
  if (env['AWS_ROLE_ARN']) return `AWS_ROLE_ARN ${env['AWS_ROLE_ARN']}`;
  const container = containerVariable(env);
  if (container !== undefined) return container;
  return `profile "${profileOf(env)}" or this instance`;
}

function containerVariable(env: Env): string | undefined {
  return ['AWS_CONTAINER_CREDENTIALS_RELATIVE_URI', 'AWS_CONTAINER_CREDENTIALS_FULL_URI'].find(
    (name) => (env[name] ?? '') !== '',
  );
}

/** A certain fault in the environment, as a clause; undefined if there is none. */
async function faultOf(env: Env): Promise<string | undefined> {
  const [id, secret] = [env['AWS_ACCESS_KEY_ID'] ?? '', env['AWS_SECRET_ACCESS_KEY'] ?? ''];
  if (id !== '' && secret === '') return 'AWS_ACCESS_KEY_ID is set and AWS_SECRET_ACCESS_KEY is not';
  if (id === '' && secret !== '') return 'AWS_SECRET_ACCESS_KEY is set and AWS_ACCESS_KEY_ID is not';
  const profile = await profileFault(env);
  if (profile !== undefined) return profile;
  const tokenFile = env['AWS_WEB_IDENTITY_TOKEN_FILE'] ?? '';
  if (tokenFile === '') return undefined;
  if ((env['AWS_ROLE_ARN'] ?? '') === '') return 'AWS_WEB_IDENTITY_TOKEN_FILE is set and AWS_ROLE_ARN is not';
  const fault = await tokenFault(tokenFile);
  return fault === undefined ? undefined : `AWS_WEB_IDENTITY_TOKEN_FILE ${fault}`;
}

/** The likely cause if the environment has no certain fault. */
async function lastFaultOf(env: Env): Promise<string | undefined> {
  if (env['AWS_PROFILE']) {
    return `the AWS profile "${env['AWS_PROFILE']}" gives none: check its section in the AWS config and credentials files`;
  }
  const container = containerVariable(env);
  if (container === undefined) return undefined;
  const tokenFile = env['AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE'] ?? '';
  const fault = tokenFile === '' ? undefined : await tokenFault(tokenFile);
  if (fault !== undefined) return `AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE ${fault}`;
  return `the address in ${container} gives none, or does not answer`;
}

async function profileFault(env: Env): Promise<string | undefined> {
  const name = env['AWS_PROFILE'] ?? '';
  if (name === '') return undefined;
  const { configFile, credentialsFile } = await loadSharedConfigFiles({ ignoreCache: true });
  const profile = { ...configFile[name], ...credentialsFile[name] };
  if (Object.keys(profile).length === 0) {
    return `AWS_PROFILE names "${name}", and neither the AWS config file (section [profile ${name}]) nor the credentials file (section [${name}]) has it, or anything in it`;
  }
  const from = profile['source_profile'];
  if (from !== undefined && configFile[from] === undefined && credentialsFile[from] === undefined)
    return `the AWS profile "${name}" has source_profile "${from}", which is in neither file`;
  const tokenFile = profile['web_identity_token_file'];
  const fault = tokenFile === undefined ? undefined : await tokenFault(tokenFile);
  return fault === undefined ? undefined : `web_identity_token_file of the AWS profile "${name}" ${fault}`;
}

/** The fault of a token file, as the rest of a sentence; undefined if there is none. */
async function tokenFault(path: string): Promise<string | undefined> {
  try {
    return (await readFile(path, 'utf8')).trim() === '' ? 'names an empty file' : undefined;
  } catch (error) {
    return fileFault(error);
  }
}
