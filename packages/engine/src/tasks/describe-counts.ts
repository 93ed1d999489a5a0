import { counters, type OperationKind, withoutDigest } from '@migrator/core';

/** What a task's job says at its end: `created 250, repaired 2`. */
export function describeCounts(kind: OperationKind, counts: Readonly<Record<string, number>>): string {
  const shown = withoutDigest(counts);
  const named = counters[kind]
    .filter((name) => (shown[name] ?? 0) !== 0)
    .map((name) => `${name} ${shown[name]}`);
  return named.length === 0 ? 'nothing to do' : named.join(', ');
}
