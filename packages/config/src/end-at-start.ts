/** Ends a program that can't begin, with one line that says why. */
export function endAtStart(error: unknown): never {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
