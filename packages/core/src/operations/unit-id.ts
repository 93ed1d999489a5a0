/**
 * A unit of work: one user, or one slice (a segment of the table). Its id is text that says which. `close`: a verification's
 * second look at the segment.
 */
export type Unit =
  | { readonly type: 'user'; readonly userId: string }
  | { readonly type: 'slice'; readonly segment: number; readonly of: number; readonly close?: true };

export function unitId(unit: Unit): string {
  if (unit.type === 'user') return `user:${unit.userId}`;
  return `slice:${unit.segment}/${unit.of}${unit.close === true ? closely : ''}`;
}

const closely = ':close';

const slicePattern = /^slice:(\d+)\/(\d+)(:close)?$/;

export function isUnitId(text: string): boolean {
  return text.startsWith('user:') || slicePattern.test(text);
}

/** Throws a TypeError for text that is no task's id. */
export function parseUnitId(id: string): Unit {
  if (id.startsWith('user:')) return { type: 'user', userId: id.slice('user:'.length) };
  const match = slicePattern.exec(id);
  if (match === null) throw new TypeError(`'${id}' is no unit of work`);
  const slice = { type: 'slice', segment: Number(match[1]), of: Number(match[2]) } as const;
  return match[3] === undefined ? slice : { ...slice, close: true };
}
