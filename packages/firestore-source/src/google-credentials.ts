import { readFile } from 'node:fs/promises';
import { MigrationError } from '@migrator/core';

/** Where calls get their token and, if nobody names it, their project. */
export interface GoogleCredentials {
  /** Throws a MigrationError if there are no credentials, or if the token's server refuses or can't be reached. */
  accessToken(): Promise<string>;
  projectId(): Promise<string | undefined>;
}

const whatToDo =
  'set GOOGLE_APPLICATION_CREDENTIALS to the path of a service account key file, or run where Google provides credentials';

const tokenTimeoutMs = 15_000;

/** The emulator takes any token; this one passes its security rules. */
export const emulatorCredentials: GoogleCredentials = {
  accessToken: async () => 'owner',
  projectId: async () => undefined,
};

/**
 * firebase-admin's credentials: a service account's key file, or Google's application default credentials. They keep
 * their token until shortly before it expires.
 */
export function googleCredentials(keyFile?: string): GoogleCredentials {
  // Imported when first needed: a local Firestore needs none of it.
  const credential = once(async () => {
    const { applicationDefault, cert } = await import('firebase-admin/app');
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
      const found = await credential();
      if (!('getProjectId' in found) || typeof found.getProjectId !== 'function') return undefined;
      try {
        const projectId: unknown = await found.getProjectId();
        return typeof projectId === 'string' && projectId !== '' ? projectId : undefined;
      } catch {
        // Google's library throws where it finds none; what is missing then is for the caller to say.
        return undefined;
      }
    },
  };
}

async function projectOfKeyFile(keyFile: string): Promise<string | undefined> {
  try {
    const key: unknown = JSON.parse(await readFile(keyFile, 'utf8'));
    if (typeof key !== 'object' || key === null || !('project_id' in key)) return undefined;
    return typeof key.project_id === 'string' ? key.project_id : undefined;
  } catch (error) {
    throw credentialsError(error);
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

function credentialsError(error: unknown): MigrationError {
  const says = error instanceof Error ? error.message : String(error);
  if (/invalid_grant|invalid_client|account_not_found|disabled/i.test(says)) {
    return new MigrationError(
      'CREDENTIALS_REFUSED',
      `Google refused the credentials (${says}): ${whatToDo}.`,
      { cause: error },
    );
  }
  if (isNetworkTrouble(error)) {
    return new MigrationError('SOURCE_UNAVAILABLE', `Google's token server can't be reached: ${says}`, {
      cause: error,
    });
  }
  return new MigrationError('CREDENTIALS_NOT_FOUND', `Google credentials not found: ${whatToDo}. (${says})`, {
    cause: error,
  });
}

function isNetworkTrouble(error: unknown): boolean {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth += 1) {
    const code = 'code' in at ? String(at.code) : '';
    if (/^(ECONN|ENOTFOUND|ETIMEDOUT|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|EPIPE|UND_ERR)/.test(code))
      return true;
    if ('status' in at && typeof at.status === 'number' && at.status >= 500) return true;
  }
  return false;
}

/** Runs `make` once; a failure is not kept. */
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
