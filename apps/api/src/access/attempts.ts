import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';

import { HttpError } from '../http-error.ts';
import { roleOfToken, type Role, type Tokens } from './tokens.ts';

/** Wrong tokens a minute from one address before further ones get a 429. */
const wrongTokensPerMinute = 30;

/**
 * Checks tokens and limits wrong ones by address. A valid token is always accepted, because others may share its
 * address behind a proxy. The length of a token prevents guessing; this limit makes attempts slow and visible in the
 * log.
 */
export class Attempts {
  readonly #tokens: Tokens;
  readonly #wrong = new RateLimiterMemory({ points: wrongTokensPerMinute, duration: 60 });

  constructor(tokens: Tokens) {
    this.#tokens = tokens;
  }

  /** The token's role; undefined for a wrong token. Rejects with a 429 after too many wrong ones. */
  async roleOf(token: string, address: string): Promise<Role | undefined> {
    const role = roleOfToken(this.#tokens, token);
    if (role !== undefined) return role;
    await this.#wrong.consume(address).catch((refusal: unknown) => {
      throw refusal instanceof RateLimiterRes ? tooMany(refusal) : refusal;
    });
    return undefined;
  }
}

function tooMany({ msBeforeNext }: RateLimiterRes): HttpError {
  const seconds = Math.max(1, Math.ceil(msBeforeNext / 1_000));
  return new HttpError(
    429,
    'TOO_MANY_ATTEMPTS',
    `Too many wrong tokens from this address; try again in ${seconds} s`,
    {},
    // Close the connection, so that each further guess needs a new one.
    { 'Retry-After': String(seconds), Connection: 'close' },
  );
}
