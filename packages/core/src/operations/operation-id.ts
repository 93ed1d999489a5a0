import { counters } from './counters.ts';
import type { OperationKind } from './operation.ts';

/**
 * `migration-20261122T091051123Z`: the kind and the start, so that an item's `migratedAt` names its run even when the
 * ledger is lost.
 */
export function operationId(kind: OperationKind, startedAt: string): string {
  return `${kind}-${startedAt.replaceAll(/[-:.]/g, '')}`;
}

const migrationIdPattern = /^migration-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z$/;

/** The `migratedAt` of a run's items, or undefined if the text is no migration's id. */
export function migratedAtOf(migrationId: string): string | undefined {
  const match = migrationIdPattern.exec(migrationId);
  if (match === null) return undefined;
  const [, year, month, day, hours, minutes, seconds, milliseconds] = match;
  return `${year}-${month}-${day}T${hours}:${minutes}:${seconds}.${milliseconds}Z`;
}

/** The kind that an operation's id names, or undefined if the text is no such id. */
export function operationKindOf(id: string): OperationKind | undefined {
  const kind = id.slice(0, Math.max(id.lastIndexOf('-'), 0));
  return isKind(kind) ? kind : undefined;
}

function isKind(text: string): text is OperationKind {
  return Object.hasOwn(counters, text);
}
