import { createHash, timingSafeEqual } from 'node:crypto';

/** `read` may read everything, but change and start nothing. */
export type Role = 'full' | 'read';

export interface Tokens {
  readonly apiToken?: string;
  readonly apiReadToken?: string;
}

/** The role of a token; undefined for a wrong one. Constant-time comparison. */
export function roleOfToken(tokens: Tokens, token: string): Role | undefined {
  const given = digest(token);
  const isFull = tokens.apiToken !== undefined && timingSafeEqual(given, digest(tokens.apiToken));
  const isRead = tokens.apiReadToken !== undefined && timingSafeEqual(given, digest(tokens.apiReadToken));
  return isFull ? 'full' : isRead ? 'read' : undefined;
}

/** A digest of fixed length, as the comparison requires. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
