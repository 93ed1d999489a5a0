import { counters } from './counters.ts';
import type { OperationKind } from './operation.ts';

/**
 * `migration-20261122T091051123Z`: the kind and the start. So an item's `migratedAt` identifies its run even if the
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

/**
 * A task: one user, or one segment of the table. `rescan`: a verification's second scan of the segment. A task's id is
 * its text form.
 */
export type Task =
  | { readonly type: 'user'; readonly userId: string }
  | { readonly type: 'segment'; readonly segment: number; readonly of: number; readonly rescan?: true };

export function taskId(task: Task): string {
  if (task.type === 'user') return `user:${task.userId}`;
  return `segment:${task.segment}/${task.of}${task.rescan === true ? rescanSuffix : ''}`;
}

/** A part of the record format. */
const rescanSuffix = ':close';

const segmentPattern = /^segment:(\d+)\/(\d+)(:close)?$/;

export function isTaskId(text: string): boolean {
  return text.startsWith('user:') || segmentPattern.test(text);
}

/** Throws a TypeError for text that is no task's id. */
export function parseTaskId(id: string): Task {
  if (id.startsWith('user:')) return { type: 'user', userId: id.slice('user:'.length) };
  const match = segmentPattern.exec(id);
  if (match === null) throw new TypeError(`'${id}' is no task`);
  const segment = { type: 'segment', segment: Number(match[1]), of: Number(match[2]) } as const;
  return match[3] === undefined ? segment : { ...segment, rescan: true };
}
