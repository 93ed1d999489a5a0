import { readFile } from 'node:fs/promises';
import { MigrationError, messageOf } from '@migrator/core';
import { accountOfEnvironment, projectOfEnvironment } from './firebase-variables.ts';
import { keyFileFault } from './key-file-fault.ts';

/** The source of access tokens and, if none is configured, of the project. */
export interface GoogleCredentials {
  /**
   * Rejects with a MigrationError if there are no credentials, or if the token server rejects them or can't be
   * reached.
   */
  accessToken(): Promise<string>;
  projectId(): Promise<string | undefined>;
}

const variable = 'GOOGLE_APPLICATION_CREDENTIALS';

const whatToDo =
  'set GOOGLE_APPLICATION_CREDENTIALS to the path of a service account key file, or FIREBASE_SERVICE_ACCOUNT to its content, or run where Google provides credentials';

const tokenTimeoutMs = 15_000;

/** The emulator accepts any token; this one bypasses its security rules. */
export const emulatorCredentials: GoogleCredentials = {
  accessToken: async () => 'owner',
  projectId: async () => projectOfEnvironment(process.env),
};

/**
 * firebase-admin's credentials: the first available of the key file, GOOGLE_APPLICATION_CREDENTIALS, a service
 * account in FIREBASE_… variables, and Google's application default credentials. Caches the token until shortly
 * before it expires.
 */
export function googleCredentials(keyFile?: string): GoogleCredentials {
  // Imported on first use: a local Firestore does not need it.
  const credential = once(async () => {
    const path = keyFile ?? process.env[variable] ?? '';
    const fault = path === '' ? undefined : await keyFileFault(path);
    if (fault !== undefined) throw notFound(`${keyFile === undefined ? variable : 'keyFile'} ${fault}`);
    const { applicationDefault, cert } = await import('firebase-admin/app');
    if (path === '') {
      const found = accountOfEnvironment(process.env);
      if (found !== undefined && 'fault' in found) throw notFound(found.fault);
      if (found !== undefined) return cert(found.account);
    }
    return keyFile === undefined ? applicationDefault() : cert(keyFile);
  });
  return {
    accessToken: async () => {
      try {
        const found = await credential();
        return (await within(tokenTimeoutMs, found.getAccessToken())).access_token;
      } catch (error) {
        throw credentialsError(error);
      }
    },
    projectId: async () => {
      if (keyFile !== undefined) return await projectOfKeyFile(keyFile);
      const ofFirebase = projectOfAccount();
      if (ofFirebase !== undefined) return ofFirebase;
      const found = await credential();
      if (!('getProjectId' in found) || typeof found.getProjectId !== 'function') return undefined;
      try {
        const projectId: unknown = await found.getProjectId();
        return typeof projectId === 'string' && projectId !== '' ? projectId : undefined;
      } catch {
        // Google's library throws if it finds none; the caller reports what is missing.
        return undefined;
      }
    },
  };
}

/** The project of the account in FIREBASE_… variables, if that is in use, or of FIREBASE_PROJECT_ID. */
function projectOfAccount(): string | undefined {
  const found = (process.env[variable] ?? '') === '' ? accountOfEnvironment(process.env) : undefined;
  const account = found !== undefined && 'account' in found ? found.account : undefined;
  return account?.projectId ?? projectOfEnvironment(process.env);
}

async function projectOfKeyFile(keyFile: string): Promise<string | undefined> {
  try {
    const key: unknown = JSON.parse(await readFile(keyFile, 'utf8'));
    if (typeof key !== 'object' || key === null || !('project_id' in key)) return undefined;
    return typeof key.project_id === 'string' ? key.project_id : undefined;
  } catch {
    const fault = (await keyFileFault(keyFile)) ?? "names a file that can't be read";
    throw notFound(`keyFile ${fault}`);
  }
}

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    late.reject(Object.assign(new Error(`no answer in ${ms} ms`), { code: 'ETIMEDOUT' }));
  }, ms);
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Messages of Google's libraries may contain their input, even a key. So they are neither repeated nor kept as a
 * cause; only known codes are.
 */
function credentialsError(error: unknown): MigrationError {
  if (error instanceof MigrationError) return error;
  const message = messageOf(error);
  const refusal =
    /invalid_grant|invalid_client|unauthorized_client|access_denied|account_not_found|disabled/i.exec(
      message,
    );
  if (refusal !== null) {
    const why = [
      refusal[0].toLowerCase(),
      ...reasons.filter(([sign]) => sign.test(message)).map(([, reason]) => reason),
    ];
    return new MigrationError(
      'CREDENTIALS_REFUSED',
      `Google refused the credentials (${why.join(': ')}): ${whatToDo}.`,
    );
  }
  const network = networkCode(error);
  if (network !== undefined) {
    return new MigrationError('SOURCE_UNAVAILABLE', `Google's token server can't be reached (${network}).`);
  }
  return notFound();
}

/** Messages of the token server and their meaning. */
const reasons: readonly (readonly [RegExp, string])[] = [
  [/signature/i, "the key is not, or no longer, this account's"],
  [/reasonable timeframe|clock|\biat\b/i, "this machine's clock is wrong"],
  [/account not found|account_not_found/i, 'there is no such service account'],
  [/expired|revoked/i, 'they have expired or been revoked'],
];

function notFound(why?: string): MigrationError {
  return new MigrationError(
    'CREDENTIALS_NOT_FOUND',
    why === undefined
      ? `Google credentials not found: ${whatToDo}.`
      : `Google credentials not found: ${why}; ${whatToDo}.`,
  );
}

/** The code of a network error; undefined for any other error. */
function networkCode(error: unknown): string | undefined {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth += 1) {
    const code = 'code' in at ? String(at.code) : '';
    const found =
      /^(?:ECONN|ENOTFOUND|ETIMEDOUT|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|EPIPE|UND_ERR)\w{0,40}/.exec(code);
    if (found !== null) return found[0];
    if ('status' in at && typeof at.status === 'number' && at.status >= 500) return `HTTP ${at.status}`;
  }
  return undefined;
}

/** Calls `make` once; a failure is not cached. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make().catch((error: unknown) => {
      made = undefined;
      throw error;
    });
    return made;
  };
}
