import type { Journal } from './journal.ts';
import { createJournalReader, type JournalReader, type ReadOptions } from './journal-reader.ts';

let reader: JournalReader | undefined;

/** One day of a user's journal, read as the environment says at the first call; undefined where there is none. */
export async function getJournal(
  userId: string,
  date: string,
  options?: ReadOptions,
): Promise<Journal | undefined> {
  reader ??= createJournalReader();
  return await reader.getJournal(userId, date, options);
}

/** Several days; those that there are, in the order in which they were asked for. */
export async function getJournals(
  userId: string,
  dates: readonly string[],
  options?: ReadOptions,
): Promise<Journal[]> {
  reader ??= createJournalReader();
  return await reader.getJournals(userId, dates, options);
}
