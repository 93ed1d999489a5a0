/**
 * A unit of work: one user, or one segment (a part of the table). Its id is text that says which. `close`: a verification's
 * second look at the segment.
 */
export type Unit =
  | { readonly type: 'user'; readonly userId: string }
  | { readonly type: 'segment'; readonly segment: number; readonly of: number; readonly close?: true };

export function unitId(unit: Unit): string {
  if (unit.type === 'user') return `user:${unit.userId}`;
  return `segment:${unit.segment}/${unit.of}${unit.close === true ? closely : ''}`;
}

const closely = ':close';

const segmentPattern = /^segment:(\d+)\/(\d+)(:close)?$/;

export function isUnitId(text: string): boolean {
  return text.startsWith('user:') || segmentPattern.test(text);
}

/** Throws a TypeError for text that is no task's id. */
export function parseUnitId(id: string): Unit {
  if (id.startsWith('user:')) return { type: 'user', userId: id.slice('user:'.length) };
  const match = segmentPattern.exec(id);
  if (match === null) throw new TypeError(`'${id}' is no unit of work`);
  const segment = { type: 'segment', segment: Number(match[1]), of: Number(match[2]) } as const;
  return match[3] === undefined ? segment : { ...segment, close: true };
}
