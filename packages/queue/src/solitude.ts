/**
 * Lets the units of one process run side by side, and one that is suspected of taking its process down by itself: those
 * that run are asked to hand back what they have, and nothing else begins until it is through.
 */
export class Solitude {
  #yielding = new AbortController();
  #running = 0;
  #alone: Promise<unknown> = Promise.resolve();
  #waitingAlone = 0;
  #allGone: (() => void) | undefined;

  /** Side by side with others. The signal asks for the place. */
  async among<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    while (this.#waitingAlone > 0) await this.#alone;
    this.#running += 1;
    try {
      return await work(this.#yielding.signal);
    } finally {
      this.#running -= 1;
      if (this.#running === 0) this.#allGone?.();
    }
  }

  /** With nothing else in this process. Several take turns. */
  async alone<T>(work: () => Promise<T>): Promise<T> {
    const before = this.#alone;
    this.#waitingAlone += 1;
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
    this.#alone = mine
      .catch(() => undefined)
      .finally(() => {
        this.#waitingAlone -= 1;
        if (this.#waitingAlone === 0) this.#yielding = new AbortController();
      });
    return await mine;
  }
}
