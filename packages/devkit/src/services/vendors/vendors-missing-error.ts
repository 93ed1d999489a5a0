/** Something that the vendors' engines need is not on this machine. Its message names it, and how to get it. */
export class VendorsMissingError extends Error {
  override readonly name = 'VendorsMissingError';
  readonly sentences: readonly string[];

  constructor(sentences: readonly string[], options?: ErrorOptions) {
    super(sentences.join('\n'), options);
    this.sentences = sentences;
  }
}
