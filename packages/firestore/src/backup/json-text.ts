const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
/** Most texts need no decoding. */
const plain = /^[^\\\p{Cc}]*$/u;
/** More than any value of Firestore is nested. The limit protects the stack from a damaged file. */
const maxDepth = 1_000;

/**
 * Reads JSON without white space token by token. `JSON.parse` would reorder members that look like numbers, and merge
 * equal ones. Each method throws a SyntaxError where something else follows.
 */
export class JsonText {
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** `each` reads the value of the member. */
  object(each: (key: string) => void): void {
    this.#sequence('{', '}', () => {
      const key = this.string();
      this.take(':');
      each(key);
    });
  }

  array(each: () => void): void {
    this.#sequence('[', ']', each);
  }

  isString(): boolean {
    return this.#text[this.#at] === '"';
  }

  string(): string {
    const from = this.#at;
    this.take('"');
    for (;;) {
      const quote = this.#text.indexOf('"', this.#at);
      if (quote === -1) throw this.unexpected('text without its end');
      this.#at = quote + 1;
      if (this.#isEscaped(quote, from)) continue;
      const content = this.#text.slice(from + 1, quote);
      return plain.test(content) ? content : (JSON.parse(`"${content}"`) as string);
    }
  }

  number(): number {
    number.lastIndex = this.#at;
    const [digits] = number.exec(this.#text) ?? [];
    if (digits === undefined) throw this.unexpected('text where a number belongs');
    this.#at += digits.length;
    return Number(digits);
  }

  boolean(): boolean {
    const value = this.#text[this.#at] === 't';
    this.take(String(value));
    return value;
  }

  take(token: string): void {
    if (!this.#text.startsWith(token, this.#at)) throw this.unexpected(`text where ${token} belongs`);
    this.#at += token.length;
  }

  end(): void {
    if (this.#at !== this.#text.length) throw this.unexpected('text after the end');
  }

  unexpected(what: string): SyntaxError {
    return new SyntaxError(`unexpected ${what} at column ${this.#at + 1}`);
  }

  #sequence(open: string, close: string, each: () => void): void {
    this.take(open);
    this.#depth += 1;
    if (this.#depth > maxDepth) throw this.unexpected('depth');
    if (this.#text[this.#at] !== close) {
      each();
      while (this.#text[this.#at] === ',') {
        this.#at += 1;
        each();
      }
    }
    this.take(close);
    this.#depth -= 1;
  }

  /** An odd number of backslashes before it. */
  #isEscaped(quote: number, from: number): boolean {
    let at = quote;
    while (at - 1 > from && this.#text[at - 1] === '\\') at -= 1;
    return (quote - at) % 2 === 1;
  }
}
