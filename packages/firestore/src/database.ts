import { type CollectionNames, type EntryRef, MigrationError } from '@migrator/core';

/** Resource names of one database. Over gRPC, ids stand in them as they are, unescaped. */
export class Database {
  /** `projects/p/databases/(default)` */
  readonly name: string;
  /** `projects/p/databases/(default)/documents` */
  readonly documents: string;
  readonly collections: CollectionNames;

  constructor(projectId: string, databaseId: string, collections: CollectionNames) {
    this.name = `projects/${projectId}/databases/${databaseId}`;
    this.documents = `${this.name}/documents`;
    this.collections = collections;
  }

  user(userId: string): string {
    return `${this.documents}/${this.collections.users}/${legalId(userId)}`;
  }

  /** The names of all documents below the users collection lie between these two, and no others do. */
  belowUsers(): { readonly from: string; readonly before: string } {
    const users = `${this.documents}/${this.collections.users}`;
    // The smallest id, in this collection and in the next possible one.
    const first = '__id-9223372036854775808__';
    return { from: `${users}/${first}`, before: `${users}\u0001/${first}` };
  }

  entry(ref: EntryRef): string {
    return `${this.user(ref.userId)}/${this.collections.journal}/${legalId(ref.date)}`;
  }
}

/** User and date of `…/{userId}/trading-journal/{date}`. Ids contain no slash. */
export function entryRefOf(documentName: string): EntryRef {
  const afterJournal = documentName.lastIndexOf('/');
  const afterUser = documentName.lastIndexOf('/', afterJournal - 1);
  const afterUsers = documentName.lastIndexOf('/', afterUser - 1);
  return {
    userId: documentName.slice(afterUsers + 1, afterUser),
    date: documentName.slice(afterJournal + 1),
  };
}

// An id with a slash would name another document.
function legalId(id: string): string {
  if (id !== '' && !id.includes('/')) return id;
  throw new MigrationError('SOURCE_INVALID', `${JSON.stringify(id)} can't be a document id in Firestore.`);
}
