import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';

import { HttpError } from '../http-error.ts';
import { roleOfToken, type Role, type Tokens } from './tokens.ts';

/** So many wrong tokens a minute from one address are answered one by one. */
const wrongTokensPerMinute = 30;

/**
 * Looks at tokens. A right one is never refused for others' wrong ones, which may come from the same address, as a proxy's;
 * what keeps guessing hopeless is the length of a token, and this keeps it slow and seen.
 */
export class Attempts {
  readonly #tokens: Tokens;
  readonly #wrong = new RateLimiterMemory({ points: wrongTokensPerMinute, duration: 60 });

  constructor(tokens: Tokens) {
    this.#tokens = tokens;
  }

  /** The token's role, or undefined for a wrong one. Throws a 429 after too many wrong ones. */
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
    // Each further guess has to open a connection first.
    { 'Retry-After': String(seconds), Connection: 'close' },
  );
}
