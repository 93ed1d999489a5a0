/** Things to release, last opened first, all of them tried. */
export class Releasers {
  readonly #releases: (() => Promise<void>)[] = [];
  #released: Promise<void> | undefined;

  add(release: () => Promise<void>): void {
    this.#releases.push(release);
  }

  /** Releases everything; throws what failed after the last was tried. A second call waits for the first. */
  release(): Promise<void> {
    this.#released ??= this.#releaseAll();
    return this.#released;
  }

  async #releaseAll(): Promise<void> {
    const errors: unknown[] = [];
    for (const release of this.#releases.toReversed()) {
      try {
        await release();
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length === 1) throw errors[0];
    if (errors.length > 1) throw new AggregateError(errors, 'Several things could not be released.');
  }
}
