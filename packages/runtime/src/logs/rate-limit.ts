const quietMs = 10_000;
const remembered = 100;

/** Tells whether a text is news: not one that was told in the last ten seconds. */
export function createRateLimit(): (text: string) => boolean {
  const last = new Map<string, number>();
  return (text) => {
    const now = Date.now();
    if (now - (last.get(text) ?? 0) < quietMs) return false;
    if (last.size > remembered) last.clear();
    last.set(text, now);
    return true;
  };
}
