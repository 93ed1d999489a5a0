import { type Binding, MigrationError, type Target } from '@migrator/core';

/** The time limit to read the table's account, and the interval between tries after a failure. */
const limitMs = 3_000;
const retryAfterMs = 30_000;

/**
 * The binding of this process, with the AWS account once DescribeTable has returned it. Without permission or a
 * response the account stays unknown; it is compared only if known.
 */
export function bindingResolver(
  configured: Binding,
  target: Pick<Target, 'describe'>,
): () => Promise<Binding> {
  let known: Binding | undefined;
  let pending: Promise<Binding> | undefined;
  let failedAt = Number.NEGATIVE_INFINITY;

  const resolve = async (): Promise<Binding> => {
    try {
      const { account } = await target.describe(AbortSignal.timeout(limitMs));
      known =
        account === undefined ? configured : { ...configured, target: { ...configured.target, account } };
      return known;
    } catch (error) {
      if (MigrationError.codeOf(error) === 'ACCESS_DENIED') known = configured;
      failedAt = performance.now();
      return configured;
    } finally {
      pending = undefined;
    }
  };

  return async () => {
    if (known !== undefined) return known;
    if (performance.now() - failedAt < retryAfterMs) return configured;
    return await (pending ??= resolve());
  };
}
