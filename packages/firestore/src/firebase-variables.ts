import { createPrivateKey } from 'node:crypto';

type Env = Readonly<Record<string, string | undefined>>;

export interface ServiceAccount {
  readonly projectId?: string;
  readonly clientEmail: string;
  readonly privateKey: string;
}

/** A service account in the usual variables of Firebase applications; or its fault, as a clause. */
export type FoundAccount = { readonly account: ServiceAccount } | { readonly fault: string };

/** The variables of a whole service account as JSON, also in base64; in order of precedence. */
const accountVariables = [
  'FIREBASE_SERVICE_ACCOUNT',
  'FIREBASE_SERVICE_ACCOUNT_KEY',
  'FIREBASE_SERVICE_ACCOUNT_JSON',
  'GOOGLE_APPLICATION_CREDENTIALS_JSON',
  'GOOGLE_SERVICE_ACCOUNT_KEY',
];

/** Undefined if none of the variables is set. A fault contains nothing of a value. */
export function accountOfEnvironment(env: Env): FoundAccount | undefined {
  for (const name of accountVariables) {
    const value = given(env, name);
    if (value !== undefined) return accountOfJson(name, value, env);
  }
  const [email, key] = [given(env, 'FIREBASE_CLIENT_EMAIL'), given(env, 'FIREBASE_PRIVATE_KEY')];
  if (email === undefined && key === undefined) return undefined;
  if (email === undefined) return { fault: 'FIREBASE_PRIVATE_KEY is set and FIREBASE_CLIENT_EMAIL is not' };
  if (key === undefined) return { fault: 'FIREBASE_CLIENT_EMAIL is set and FIREBASE_PRIVATE_KEY is not' };
  return accountOf('FIREBASE_PRIVATE_KEY holds', email, key, projectOfEnvironment(env));
}

export function projectOfEnvironment(env: Env): string | undefined {
  return given(env, 'FIREBASE_PROJECT_ID');
}

function accountOfJson(name: string, value: string, env: Env): FoundAccount {
  const fault = { fault: `${name} does not hold a service account's JSON, or that in base64` };
  const text = value.startsWith('{') ? value : Buffer.from(value, 'base64').toString('utf8');
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return fault;
  }
  if (typeof parsed !== 'object' || parsed === null) return fault;
  const { client_email: email, private_key: key, project_id: project } = parsed as Record<string, unknown>;
  if (typeof email !== 'string' || typeof key !== 'string') return fault;
  const projectId = typeof project === 'string' ? project : projectOfEnvironment(env);
  return accountOf(`${name} holds a service account with`, email, key, projectId);
}

function accountOf(where: string, clientEmail: string, key: string, projectId?: string): FoundAccount {
  const privateKey = withLineBreaks(key);
  try {
    createPrivateKey(privateKey);
  } catch {
    return {
      fault: `${where} a private key that is damaged (a part of it is lost); copy it again from the service account's key file`,
    };
  }
  return { account: { clientEmail, privateKey, projectId } };
}

/** Restores the line breaks of a PEM key that an environment has changed to `\\n`, spaces or nothing. */
function withLineBreaks(key: string): string {
  const text = key
    .replaceAll(/\\+([nr]?)/g, (run, letter: string) => (letter === '' ? run : letter === 'n' ? '\n' : '\r'))
    .replaceAll('\r', '');
  const label = '(?:RSA |EC )?PRIVATE KEY';
  const parts = new RegExp(`-----BEGIN (${label})-----([^-]*)-----END ${label}-----`).exec(text);
  if (parts === null) return text;
  const [, kind = '', body = ''] = parts;
  const lines = body.replaceAll(/\s/g, '').match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${kind}-----`, ...lines, `-----END ${kind}-----`, ''].join('\n');
}

/** A variable without the quotes that `docker --env-file` and others leave around the value. */
function given(env: Env, name: string): string | undefined {
  const value = (env[name] ?? '').trim();
  const quote = value.charAt(0);
  const isQuoted = (quote === '"' || quote === "'") && value.length > 1 && value.endsWith(quote);
  const bare = isQuoted ? value.slice(1, -1).trim() : value;
  return bare === '' ? undefined : bare;
}
