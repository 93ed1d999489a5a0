/** Where a user's job left off, as the ledger keeps it: behind an entry, or at the end of all of them. */
export const endOfEntries = '$';

export function cursorAfter(date: string): string {
  return `@${date}`;
}

/** The id to go on after, or undefined to begin at the first. Any id may follow the mark, `$` too. */
export function entriesAfter(cursor: string | undefined): string | undefined {
  return cursor?.startsWith('@') ? cursor.slice(1) : undefined;
}
