/** What a property test runs: its share, of 1, of 2,000 cases, or of 100,000 with `TEST_LONG=1`. */
export function runs(share: number): { numRuns: number } {
  const total = process.env['TEST_LONG'] === '1' ? 100_000 : 2_000;
  return { numRuns: Math.max(1, Math.round(total * share)) };
}
