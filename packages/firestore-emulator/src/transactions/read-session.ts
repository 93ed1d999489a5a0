import type { Consistency, TransactionOptions } from '../protocol/messages.ts';
import { invalidArgument, unsupported } from '../protocol/rpc-error.ts';
import type { Database } from '../store/database.ts';
import type { StoredDocument } from '../store/stored-document.ts';
import { fromProtoTimestamp } from '../wire/timestamp.ts';
import type { Transaction, Transactions } from './transactions.ts';

/** One read: the time that it shows, and the transaction that has to remember it. */
export interface ReadSession {
  /** In microseconds since 1970. */
  readonly readTime: number;
  readonly transaction: Transaction | undefined;
  /** The id to return to the client if this read began the transaction. */
  readonly newTransactionId: Buffer | undefined;
}

/*
 * Only the newest version of each document is kept. It is what a read at an earlier time would see exactly when nothing
 * has changed since that time; else the answer would be wrong, so there is none.
 */
function checkReadTime(database: Database, readTime: number): number {
  if (readTime > database.clock.readTime())
    throw invalidArgument('The read time must not lie in the future.');
  if (readTime < database.lastChange()) {
    throw unsupported('reads at a time before the last change of the database');
  }
  return readTime;
}

/** Begins a transaction. @throws RpcError UNIMPLEMENTED for a read time that can't be served */
export function beginTransaction(
  database: Database,
  transactions: Transactions,
  options: TransactionOptions | null | undefined,
): Transaction {
  const at = options?.readOnly?.readTime;
  const readTime =
    at === undefined || at === null ? undefined : checkReadTime(database, fromProtoTimestamp(at));
  return transactions.begin(database, options, readTime);
}

/** Determines the version that a read requests, and begins a transaction if requested. */
export function openRead(database: Database, transactions: Transactions, request: Consistency): ReadSession {
  switch (request.consistencySelector) {
    case 'transaction': {
      const transaction = transactions.get(database, request.transaction ?? new Uint8Array(0));
      const readTime =
        transaction.readTime === undefined
          ? database.clock.readTime()
          : checkReadTime(database, transaction.readTime);
      return { readTime, transaction, newTransactionId: undefined };
    }
    case 'newTransaction': {
      const transaction = beginTransaction(database, transactions, request.newTransaction);
      const readTime = transaction.readTime ?? database.clock.readTime();
      return { readTime, transaction, newTransactionId: transaction.id };
    }
    case 'readTime': {
      const at = request.readTime ?? { seconds: 0, nanos: 0 };
      const readTime = checkReadTime(database, fromProtoTimestamp(at));
      return { readTime, transaction: undefined, newTransactionId: undefined };
    }
    default:
      return { readTime: database.clock.readTime(), transaction: undefined, newTransactionId: undefined };
  }
}

/** Reads a document, and records it in the transaction. */
export function readDocument(
  database: Database,
  session: ReadSession,
  segments: readonly string[],
): StoredDocument | undefined {
  const document = database.get(segments);
  const key = segments.join('/');
  const { transaction } = session;
  if (transaction !== undefined && !transaction.readOnly && !transaction.documents.has(key)) {
    transaction.documents.set(key, { segments, updateTime: document?.updateTime });
  }
  return document;
}

/** Lets the transaction remember that a query read collections with this id. */
export function rememberQuery(session: ReadSession, collectionId: string | undefined): void {
  const { transaction, readTime } = session;
  if (transaction === undefined || transaction.readOnly || transaction.collections.has(collectionId)) return;
  transaction.collections.set(collectionId, readTime);
}
