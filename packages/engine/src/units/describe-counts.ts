import { counters, type OperationKind } from '@migrator/core';

/** What a unit's job says at its end: `created 250, repaired 2`. */
export function describeCounts(kind: OperationKind, counts: Readonly<Record<string, number>>): string {
  const named = counters[kind]
    .filter((name) => (counts[name] ?? 0) !== 0)
    .map((name) => `${name} ${counts[name]}`);
  return named.length === 0 ? 'nothing to do' : named.join(', ');
}
