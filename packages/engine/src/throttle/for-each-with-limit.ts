import type { AdaptiveConcurrencyLimit } from './adaptive-concurrency-limit.ts';

/**
 * Does the work for 0, 1, … up to `count`, in this order, each as soon as there is a slot for it. After a failure nothing
 * else begins; what has begun is waited for, and the first failure is thrown.
 *
 * The slots are shared with the other pages of this process and are fewer while the table throttles. So an item is
 * mapped when it can be sent, and sent while the processor's cache still holds it.
 */
export async function forEachWithLimit(
  slots: AdaptiveConcurrencyLimit,
  count: number,
  work: (index: number) => Promise<void>,
): Promise<void> {
  let failure: { readonly error: unknown } | undefined;
  const begin = async (index: number): Promise<void> => {
    try {
      await work(index);
    } catch (error) {
      failure ??= { error };
    } finally {
      slots.leave();
    }
  };
  const begun: Promise<void>[] = [];
  for (let index = 0; index < count && failure === undefined; index += 1) {
    if (!slots.tryEnter()) await slots.enter();
    // It may have happened during the wait.
    if (failure === undefined) begun.push(begin(index));
    else slots.leave();
  }
  await Promise.all(begun);
  if (failure !== undefined) throw failure.error;
}
