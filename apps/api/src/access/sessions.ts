import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

import type { SessionStore } from '@migrator/queue';
import type { Request, Response } from 'express';

import { externalAddressOf, isHttps } from './external-address.ts';
import type { Role, Tokens } from './tokens.ts';

const cookieName = 'journal_migration_session';
const lifetimeMs = 12 * 60 * 60 * 1_000;

/**
 * Sessions of browsers. Only the cookie has a session's id. Redis has its digest, with the role and an HMAC by the
 * token that opened it. So reading Redis gives no session, and writing there creates none. A session ends when it
 * expires, at sign-out, or when its token changes.
 */
export class Sessions {
  readonly #store: SessionStore;
  readonly #tokens: Tokens;

  constructor(store: SessionStore, tokens: Tokens) {
    this.#store = store;
    this.#tokens = tokens;
  }

  async open(request: Request, response: Response, role: Role): Promise<void> {
    const id = randomBytes(32).toString('base64url');
    await this.#store.put(digest(id), `${role}.${this.#mark(role, id)}`, lifetimeMs);
    response.cookie(cookieName, id, { ...cookieOptions(request, response), maxAge: lifetimeMs });
  }

  /** The role of the session in the request's cookie; undefined if there is none or it has ended. */
  async roleOf(request: Request): Promise<Role | undefined> {
    const id = idIn(request);
    if (id === undefined) return undefined;
    const [role, mark = ''] = (await this.#store.get(digest(id)))?.split('.') ?? [];
    if (role !== 'full' && role !== 'read') return undefined;
    const expected = Buffer.from(this.#mark(role, id) ?? '');
    const given = Buffer.from(mark);
    const isGenuine =
      expected.length > 0 && given.length === expected.length && timingSafeEqual(given, expected);
    return isGenuine ? role : undefined;
  }

  /** Ends the session, also for copies of its cookie. */
  async close(request: Request, response: Response): Promise<void> {
    const id = idIn(request);
    if (id !== undefined) await this.#store.delete(digest(id));
    response.clearCookie(cookieName, cookieOptions(request, response));
  }

  #mark(role: Role, id: string): string | undefined {
    const token = role === 'full' ? this.#tokens.apiToken : this.#tokens.apiReadToken;
    return token && createHmac('sha256', `session of ${token}`).update(`${role} ${id}`).digest('base64url');
  }
}

function digest(id: string): string {
  return createHash('sha256').update(id).digest('base64url');
}

function cookieOptions(request: Request, response: Response) {
  const path = `${externalAddressOf(response).basePath}/`;
  return { httpOnly: true, sameSite: 'strict', path, secure: isHttps(request) } as const;
}

function idIn(request: Request): string | undefined {
  for (const pair of (request.get('cookie') ?? '').split(';')) {
    const at = pair.indexOf('=');
    if (pair.slice(0, at).trim() !== cookieName) continue;
    const id = pair.slice(at + 1).trim();
    // A browser may send two cookies of this name, if another path had one.
    if (/^[\w-]{43}$/.test(id)) return id;
  }
  return undefined;
}
