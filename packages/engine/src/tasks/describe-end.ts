import { counted, counters, type Issue, type OperationKind, withoutDigest } from '@migrator/core';

/** What a task's job says at its end: `created 250, repaired 2`. */
export function describeCounts(kind: OperationKind, counts: Readonly<Record<string, number>>): string {
  const shown = withoutDigest(counts);
  const named = counters[kind]
    .filter((name) => (shown[name] ?? 0) !== 0)
    .map((name) => `${name} ${shown[name]}`);
  return named.length === 0 ? 'nothing to do' : named.join(', ');
}

/** Why a task has failed: `3 entries failed: 2 THROTTLED, 1 KEY_TOO_LONG`, and the first one's message. */
export function describeFailures(
  failed: number,
  issues: readonly Issue[],
): { readonly reason: string; readonly brief: string } {
  const codes = new Map<string, number>();
  for (const { code } of issues) codes.set(code, (codes.get(code) ?? 0) + 1);
  const why = [...codes].map(([code, count]) => `${count} ${code}`).join(', ');
  const first = issues[0]?.detail.message;
  const entries = counted(failed, 'entry', 'entries');
  const brief = `${entries} failed: ${why}`;
  return { reason: first === undefined ? brief : `${brief}. ${first}`, brief };
}
