import type { EntryRef } from '@migrator/core';

import { fieldsOf, type JournalFields, type JournalValue } from './journal-value.ts';
import { unpackData } from './unpack-data.ts';

export interface JournalMetadata extends JournalFields {
  /** "firestore" */
  migratedFrom: string;
  /** The start of the run, ISO 8601 in UTC, three digits. */
  migratedAt: string;
  /** The document's update time in Firestore, ISO 8601 in UTC, six digits. */
  originalTimestamp: string;
}

/** A day of a user's journal. A field that was missing in Firestore is `[]` or `{}`; all other fields are included. */
export interface Journal {
  userId: string;
  date: string;
  trades: JournalValue[];
  heatmap: JournalFields;
  performance: JournalFields;
  risk: JournalFields;
  summary: JournalFields;
  /**
   * The provenance of a migrated item, if it has one. `source` holds fields of the entry whose names are reserved: its
   * own `userId`, `date`, `metadata` and `updatedAt`.
   */
  metadata: Partial<JournalMetadata>;
  /** When the item was saved last, ISO 8601. */
  updatedAt: string;
  [field: string]: JournalValue | undefined | Partial<JournalMetadata>;
}

/** The journal in an item; undefined if it is of another entry with the same key (ids with underscores). */
export function journalOf(item: JournalFields, { userId, date }: EntryRef): Journal | undefined {
  const data = unpackData(fieldsOf(item['data']));
  if ((data['userId'] ?? userId) !== userId || (data['date'] ?? date) !== date) return undefined;
  const { updatedAt } = item;
  const journal = {
    trades: [],
    heatmap: {},
    performance: {},
    risk: {},
    summary: {},
    ...data,
    userId,
    date,
    metadata: metadataOf(data),
    updatedAt: typeof updatedAt === 'string' ? updatedAt : '',
  };
  // Fields keep their types of Firestore. The declared types are not checked here.
  return journal;
}

function metadataOf(data: JournalFields): JournalFields {
  const metadata = fieldsOf(data['metadata']);
  const own = data['updatedAt'];
  if (own === undefined) return metadata;
  return { ...metadata, source: { ...fieldsOf(metadata['source']), updatedAt: own } };
}
