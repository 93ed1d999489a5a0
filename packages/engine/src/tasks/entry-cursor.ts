/** The cursor of a user's task in the ledger: after an entry, or at the end of all entries. */
export const endOfEntries = '$';

export function cursorAfter(date: string): string {
  return `@${date}`;
}

/** The id to continue after; undefined: from the first entry. An id may be any text, even `$`. */
export function entriesAfter(cursor: string | undefined): string | undefined {
  return cursor?.startsWith('@') ? cursor.slice(1) : undefined;
}
