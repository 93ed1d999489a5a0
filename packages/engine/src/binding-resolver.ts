import { type Binding, MigrationError, type Target } from '@migrator/core';

/** The time limit to ask the table for its account, and the interval before it is asked again after a failure. */
const askLimitMs = 3_000;
const askAgainMs = 30_000;

/**
 * The binding of this process, with the AWS account once DescribeTable has returned it. Without permission or an
 * answer the account stays unknown; it is compared only if known.
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
