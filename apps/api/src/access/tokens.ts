import { createHash, timingSafeEqual } from 'node:crypto';

/** `read` sees everything, and changes and starts nothing. */
export type Role = 'full' | 'read';

export interface Tokens {
  readonly apiToken?: string;
  readonly apiReadToken?: string;
}

/** Whose token it is. Takes the same time for any token of the same length. */
export function roleOfToken(tokens: Tokens, token: string): Role | undefined {
  const given = digest(token);
  const isFull = tokens.apiToken !== undefined && timingSafeEqual(given, digest(tokens.apiToken));
  const isRead = tokens.apiReadToken !== undefined && timingSafeEqual(given, digest(tokens.apiReadToken));
  return isFull ? 'full' : isRead ? 'read' : undefined;
}

/** Of one length for any text, as the comparison needs it. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
