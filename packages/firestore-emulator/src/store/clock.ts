/** The system's time. Digits below milliseconds only distinguish calls in the same millisecond. */
function systemMicros(): number {
  return Date.now() * 1000 + Math.floor((performance.now() % 1) * 1000);
}

/** The store's time in microseconds since 1970: commit times grow strictly, and lie after every earlier read. */
export class Clock {
  #last = 0;
  readonly #now: () => number;

  constructor(now: () => number = systemMicros) {
    this.#now = now;
  }

  /** A time for a commit: later than any time given out before. */
  nextCommitTime(): number {
    this.#last = Math.max(this.#now(), this.#last + 1);
    return this.#last;
  }

  /** A time for a read: at or after every commit so far, before every later one. */
  readTime(): number {
    this.#last = Math.max(this.#now(), this.#last);
    return this.#last;
  }
}
