/**
 * A task: one user, or one segment (a part of the table). Its id is text that says which. `close`: a verification's
 * second look at the segment.
 */
export type Task =
  | { readonly type: 'user'; readonly userId: string }
  | { readonly type: 'segment'; readonly segment: number; readonly of: number; readonly close?: true };

export function taskId(task: Task): string {
  if (task.type === 'user') return `user:${task.userId}`;
  return `segment:${task.segment}/${task.of}${task.close === true ? closely : ''}`;
}

const closely = ':close';

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
  return match[3] === undefined ? segment : { ...segment, close: true };
}
