/**
 * Lets the tasks of one process run side by side, and one that is suspected of taking its process down by itself: those
 * that run are asked to hand back what they have, and nothing else begins until it is through.
 */
export class SharedExclusiveLock {
  #yielding = new AbortController();
  #running = 0;
  #exclusive: Promise<unknown> = Promise.resolve();
  #waitingExclusive = 0;
  #allGone: (() => void) | undefined;

  /** Side by side with others. The signal asks for the place. */
  async shared<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    while (this.#waitingExclusive > 0) await this.#exclusive;
    this.#running += 1;
    try {
      return await work(this.#yielding.signal);
    } finally {
      this.#running -= 1;
      if (this.#running === 0) this.#allGone?.();
    }
  }

  /** With nothing else in this process. Several take turns. */
  async exclusive<T>(work: () => Promise<T>): Promise<T> {
    const before = this.#exclusive;
    this.#waitingExclusive += 1;
    const mine = (async () => {
      await before;
      this.#yielding.abort();
      if (this.#running > 0) {
        await new Promise<void>((resolve) => {
          this.#allGone = resolve;
        });
        this.#allGone = undefined;
      }
      return await work();
    })();
    this.#exclusive = mine
      .catch(() => undefined)
      .finally(() => {
        this.#waitingExclusive -= 1;
        if (this.#waitingExclusive === 0) this.#yielding = new AbortController();
      });
    return await mine;
  }
}
