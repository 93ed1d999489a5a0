import { type Binding, MigrationError, type Target } from '@migrator/core';

/** So long the table may take to say which account it is in, and so long it is not asked again after it could not. */
const askLimitMs = 3_000;
const askAgainMs = 30_000;

/**
 * What this process reads and writes, with the account once the table has said it. A table that can't be described (no
 * permission, no answer) leaves the account open, which is compared only where it is known.
 */
export function bindingResolver(
  configured: Binding,
  target: Pick<Target, 'describe'>,
): () => Promise<Binding> {
  let known: Binding | undefined;
  let asking: Promise<Binding> | undefined;
  let askedAt = Number.NEGATIVE_INFINITY;

  const ask = async (): Promise<Binding> => {
    try {
      const { account } = await target.describe(AbortSignal.timeout(askLimitMs));
      known =
        account === undefined ? configured : { ...configured, target: { ...configured.target, account } };
      return known;
    } catch (error) {
      if (MigrationError.codeOf(error) === 'ACCESS_DENIED') known = configured;
      askedAt = performance.now();
      return configured;
    } finally {
      asking = undefined;
    }
  };

  return async () => {
    if (known !== undefined) return known;
    if (performance.now() - askedAt < askAgainMs) return configured;
    return await (asking ??= ask());
  };
}
