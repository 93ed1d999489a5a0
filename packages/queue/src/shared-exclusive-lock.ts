/**
 * Lets the tasks of one process run concurrently, and a quarantined task alone: before it starts, the running ones
 * are asked to stop, and none starts until it has ended.
 */
export class SharedExclusiveLock {
  #yielding = new AbortController();
  #running = 0;
  #exclusive: Promise<unknown> = Promise.resolve();
  #waitingExclusive = 0;
  #allGone: (() => void) | undefined;

  /** Runs work concurrently with others. Its signal aborts when it has to stop for an exclusive one. */
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

  /** Runs work while nothing else runs in this process. Several run one after another. */
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
