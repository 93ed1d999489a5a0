import { dateKey, type OwnedItemRef } from '@migrator/core';

/** Items that are about to be deleted, and where the scan goes on after them. */
export interface DeleteIntent {
  readonly refs: readonly OwnedItemRef[];
  /** The scan's cursor behind the page that they are of; absent: that was the segment's last page. */
  readonly next?: string;
}

const mark = 'i';

type Text = readonly [next: string | null, ...refs: (readonly [string, string, string?])[]];

/**
 * As the cursor of a task. Their keys are left out, as each follows from its user and date: one page stays a few dozen
 * bytes an item.
 */
export function intentCursor({ refs, next }: DeleteIntent): string {
  const items = refs.map(({ userId, date, migratedAt }) =>
    migratedAt === undefined ? ([userId, date] as const) : ([userId, date, migratedAt] as const),
  );
  const text: Text = [next ?? null, ...items];
  return mark + JSON.stringify(text);
}

/** Undefined where the cursor is one of the scan's. */
export function readIntent(cursor: string | undefined): DeleteIntent | undefined {
  if (cursor?.startsWith(mark) !== true) return undefined;
  const [next, ...items] = JSON.parse(cursor.slice(mark.length)) as Text;
  const refs = items.map(([userId, date, migratedAt]) => ({
    userId,
    date,
    dateKey: dateKey({ userId, date }),
    migratedAt,
  }));
  return { refs, ...(next === null ? {} : { next }) };
}
