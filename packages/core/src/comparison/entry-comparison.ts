/** One place where an entry and its stored item differ. */
export interface FieldDifference {
  /** Where in the item, such as `data.trades[3].price` or `data.metadata.originalTimestamp`. */
  readonly at: string;
  /** What the entry demands, as DynamoDB JSON text cut to a readable length; absent: there should be nothing. */
  readonly expected?: string;
  /** What is stored, likewise; absent: nothing is there. */
  readonly actual?: string;
}

export interface EntryComparison {
  /** At most the first ten. Empty: the item is exactly the entry (its stamps of run apart). */
  readonly differences: readonly FieldDifference[];
  /** False when `metadata.originalTimestamp` is not the entry's update time: it changed in Firestore since. */
  readonly sameVersion: boolean;
}
