import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';

import { HttpError } from '../http-error.ts';
import { roleOfToken, type Role, type Tokens } from './tokens.ts';

/** So many wrong tokens a minute from one address; then none of its tokens is looked at for the rest of the minute. */
const wrongTokensPerMinute = 30;

/** Looks at tokens, and not at too many wrong ones. */
export class Attempts {
  readonly #tokens: Tokens;
  readonly #wrong = new RateLimiterMemory({ points: wrongTokensPerMinute, duration: 60 });

  constructor(tokens: Tokens) {
    this.#tokens = tokens;
  }

  /** The token's role, or undefined for a wrong one. Throws a 429 after too many. */
  async roleOf(token: string, address: string): Promise<Role | undefined> {
    const sofar = await this.#wrong.get(address);
    if (sofar !== null && sofar.consumedPoints >= wrongTokensPerMinute) throw tooMany(sofar);
    const role = roleOfToken(this.#tokens, token);
    if (role === undefined) {
      // Requests at the same time may all have found room; only so many of them take it.
      await this.#wrong.consume(address).catch((refusal: unknown) => {
        throw refusal instanceof RateLimiterRes ? tooMany(refusal) : refusal;
      });
    }
    return role;
  }
}

function tooMany({ msBeforeNext }: RateLimiterRes): HttpError {
  const seconds = Math.max(1, Math.ceil(msBeforeNext / 1_000));
  return new HttpError(
    429,
    'TOO_MANY_ATTEMPTS',
    `Too many wrong tokens from this address; try again in ${seconds} s`,
    {},
    { 'Retry-After': String(seconds) },
  );
}
