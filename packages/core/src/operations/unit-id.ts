/** A unit of work: one user, or one slice (a segment of the table). Its id is text that says which. */
export type Unit =
  | { readonly type: 'user'; readonly userId: string }
  | { readonly type: 'slice'; readonly segment: number; readonly of: number };

export function unitId(unit: Unit): string {
  return unit.type === 'user' ? `user:${unit.userId}` : `slice:${unit.segment}/${unit.of}`;
}

export function parseUnitId(id: string): Unit {
  if (id.startsWith('user:')) return { type: 'user', userId: id.slice('user:'.length) };
  const match = /^slice:(\d+)\/(\d+)$/.exec(id);
  if (match === null) throw new TypeError(`'${id}' is no unit of work`);
  return { type: 'slice', segment: Number(match[1]), of: Number(match[2]) };
}
