import type { EntryRef } from './ports/source.ts';

export interface CollectionNames {
  readonly users: string;
  readonly journal: string;
}

/** `users/{userId}/trading-journal/{date}`, as failures and issues name an entry. */
export function entryPath(ref: EntryRef, names: CollectionNames): string {
  return `${names.users}/${ref.userId}/${names.journal}/${ref.date}`;
}
