import { createHmac, timingSafeEqual } from 'node:crypto';

import type { Request, Response } from 'express';

import type { Role, Tokens } from './tokens.ts';

const cookieName = 'journal_migration_session';
const lifetimeMs = 12 * 60 * 60 * 1_000;

/**
 * A browser's session: its role and its end, signed with the token that opened it, so that it needs no memory, survives
 * a restart and ends when the token is changed. The token itself is not in it.
 */
export function openSession(request: Request, response: Response, tokens: Tokens, role: Role): void {
  const claim = `${role}.${Date.now() + lifetimeMs}`;
  response.cookie(cookieName, `${claim}.${signature(tokens, role, claim)}`, {
    ...cookieOptions(request),
    maxAge: lifetimeMs,
  });
}

export function closeSession(request: Request, response: Response): void {
  response.clearCookie(cookieName, cookieOptions(request));
}

/** The role of the session that the request's cookie holds, if it is one of ours and not over. */
export function roleOfSession(request: Request, tokens: Tokens): Role | undefined {
  const value = cookieOf(request);
  const [, role, end, signed] = /^(full|read)\.(\d{1,15})\.([\w-]{43})$/.exec(value ?? '') ?? [];
  if ((role !== 'full' && role !== 'read') || end === undefined || signed === undefined) return undefined;
  const expected = signature(tokens, role, `${role}.${end}`);
  if (expected === undefined) return undefined;
  const genuine = timingSafeEqual(Buffer.from(signed), Buffer.from(expected));
  return genuine && Number(end) > Date.now() ? role : undefined;
}

function signature(tokens: Tokens, role: Role, claim: string): string | undefined {
  const key = role === 'full' ? tokens.apiToken : tokens.apiReadToken;
  return key && createHmac('sha256', `session of ${key}`).update(claim).digest('base64url');
}

function cookieOptions(request: Request) {
  // Whoever ends TLS in front of this says so; a liar only keeps his own browser from sending it back.
  const secure = request.secure || request.get('x-forwarded-proto') === 'https';
  return { httpOnly: true, sameSite: 'strict', path: '/', secure } as const;
}

function cookieOf(request: Request): string | undefined {
  for (const pair of (request.get('cookie') ?? '').split(';')) {
    const at = pair.indexOf('=');
    if (pair.slice(0, at).trim() === cookieName) return pair.slice(at + 1).trim();
  }
  return undefined;
}
