import type { AdaptiveConcurrencyLimit } from './adaptive-concurrency-limit.ts';

/**
 * Runs the work for 0, 1, … below `count`, in this order, each as soon as a slot is free. After a failure nothing
 * else begins; running work is awaited, then the first failure is thrown.
 *
 * All pages of this process share the slots, whose number falls while the table throttles. So an item is mapped only
 * when it can be sent, and sent while the processor's cache still holds it.
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
      slots.release();
    }
  };
  const begun: Promise<void>[] = [];
  for (let index = 0; index < count && failure === undefined; index += 1) {
    if (!slots.tryAcquire()) await slots.acquire();
    // The signal may have aborted during the wait.
    if (failure === undefined) begun.push(begin(index));
    else slots.release();
  }
  await Promise.all(begun);
  if (failure !== undefined) throw failure.error;
}
