/** A number that changes, summed over time: two for three milliseconds are six. */
export class Gauge {
  #value = 0;
  #sum = 0;
  #since = performance.now();

  get value(): number {
    return this.#value;
  }

  set value(value: number) {
    const now = performance.now();
    this.#sum += this.#value * (now - this.#since);
    this.#since = now;
    this.#value = value;
  }

  /** The sum since the last drain. */
  drain(): number {
    this.value = this.#value;
    const sum = this.#sum;
    this.#sum = 0;
    return sum;
  }
}
