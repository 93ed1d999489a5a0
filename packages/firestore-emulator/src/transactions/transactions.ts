import { randomBytes } from 'node:crypto';
import { status } from '@grpc/grpc-js';
import type { TransactionOptions } from '../protocol/messages.ts';
import { RpcError, invalidArgument } from '../protocol/rpc-error.ts';
import type { Database } from '../store/database.ts';

const idBytes = 16;
const maximumAgeMicros = 270_000_000;

/** A transaction and what it read, so that its commit can detect changes. Nothing is locked. */
export interface Transaction {
  readonly id: Buffer;
  readonly readOnly: boolean;
  readonly startedAt: number;
  /** The read time that a read-only transaction requested. */
  readonly readTime: number | undefined;
  /** Update times by the ids of the path joined by slashes; undefined for a document that was missing. */
  readonly documents: Map<
    string,
    { readonly segments: readonly string[]; readonly updateTime: number | undefined }
  >;
  /** When a query first read collections with this id; undefined means all collections. */
  readonly collections: Map<string | undefined, number>;
}

/** The open transactions of all databases. */
export class Transactions {
  readonly #open = new Map<string, { readonly transaction: Transaction; readonly database: Database }>();

  begin(database: Database, options: TransactionOptions | null | undefined, readTime?: number): Transaction {
    const now = database.clock.readTime();
    this.#forgetOld(now);
    const transaction: Transaction = {
      id: randomBytes(idBytes),
      readOnly: options?.mode === 'readOnly',
      startedAt: now,
      readTime,
      documents: new Map(),
      collections: new Map(),
    };
    this.#open.set(transaction.id.toString('hex'), { transaction, database });
    return transaction;
  }

  /** @throws RpcError INVALID_ARGUMENT when there is no such open transaction */
  get(database: Database, id: Uint8Array): Transaction {
    const entry = this.#open.get(Buffer.from(id).toString('hex'));
    if (entry === undefined || entry.database !== database) {
      throw invalidArgument('The referenced transaction has expired or is no longer valid.');
    }
    return entry.transaction;
  }

  /** Ends the transaction if it is open. @throws RpcError INVALID_ARGUMENT for what never was an id */
  end(database: Database, id: Uint8Array): void {
    if (id.length !== idBytes) throw invalidArgument('Invalid transaction.');
    const key = Buffer.from(id).toString('hex');
    if (this.#open.get(key)?.database === database) this.#open.delete(key);
  }

  /** @throws RpcError ABORTED when something that the transaction read has changed since */
  static check(database: Database, transaction: Transaction): void {
    const documentChanged = [...transaction.documents.values()].some(
      ({ segments, updateTime }) => database.get(segments)?.updateTime !== updateTime,
    );
    const collectionChanged = [...transaction.collections].some(
      ([collectionId, readAt]) => database.lastChange(collectionId) > readAt,
    );
    if (documentChanged || collectionChanged) {
      throw new RpcError(
        status.ABORTED,
        'Too much contention on these documents: what the transaction read has changed. Please try again.',
      );
    }
  }

  /** Deletes abandoned transactions; the service also ends them after 270 seconds. */
  #forgetOld(now: number): void {
    for (const [key, { transaction }] of this.#open) {
      if (now - transaction.startedAt < maximumAgeMicros) return;
      this.#open.delete(key);
    }
  }
}
