import { randomBytes } from 'node:crypto';
import { status } from '@grpc/grpc-js';
import { checkId, formatName, parseDocumentName, parseParentName } from '../names/resource-name.ts';
import type {
  BatchWriteRequest,
  CommitRequest,
  CreateDocumentRequest,
  DeleteDocumentRequest,
  DocumentMask,
  UpdateDocumentRequest,
  Write,
  BeginTransactionRequest,
  RollbackRequest,
} from '../protocol/messages.ts';
import { asRpcError, invalidArgument } from '../protocol/rpc-error.ts';
import type { Database } from '../store/database.ts';
import { documentFields, documentName, makeDocument } from '../store/stored-document.ts';
import { Transactions } from '../transactions/transactions.ts';
import { toProtoTimestamp } from '../wire/timestamp.ts';
import { commit, parseWrites } from '../writes/commit.ts';
import type { EmulatorState } from './emulator-state.ts';
import { masker } from './read-handlers.ts';
import { beginTransaction } from '../transactions/read-session.ts';

const generatedIdBytes = 15;

export function commitWrites(state: EmulatorState, request: CommitRequest): object {
  const database = state.database(request.database);
  if (request.transaction.length > 0) {
    const transaction = state.transactions.get(database, request.transaction);
    // Whether it succeeds or fails, a commit ends its transaction.
    state.transactions.end(database, transaction.id);
    if (!transaction.readOnly) Transactions.check(database, transaction);
    else if (request.writes.length > 0) throw invalidArgument('A read-only transaction cannot write.');
  }
  const { results, time } = commit(database, parseWrites(database, request.writes));
  return { writeResults: results, commitTime: toProtoTimestamp(time) };
}

function writtenName(write: Write): string {
  if (write.operation === 'update') return documentName(write.update ?? new Uint8Array(0));
  return (write.operation === 'delete' ? write.delete : write.transform?.document) ?? '';
}

export function batchWrite(state: EmulatorState, request: BatchWriteRequest): object {
  const database = state.database(request.database);
  const names = request.writes.map((write) => writtenName(write));
  if (new Set(names).size < names.length) {
    throw invalidArgument('A batch write must not write the same document more than once.');
  }
  const outcomes = parseWrites(database, request.writes).map((write) => {
    try {
      return { result: commit(database, [write]).results[0] ?? {}, status: { code: status.OK } };
    } catch (error) {
      const { code, message } = asRpcError(error);
      return { result: {}, status: { code, message } };
    }
  });
  return {
    writeResults: outcomes.map((outcome) => outcome.result),
    status: outcomes.map((outcome) => outcome.status),
  };
}

function writeOne(
  database: Database,
  segments: readonly string[],
  write: Partial<Write>,
  mask: DocumentMask | null,
): Buffer {
  const whole: Write = { updateMask: null, updateTransforms: [], currentDocument: null, ...write };
  commit(database, parseWrites(database, [whole]));
  const document = database.get(segments);
  return document === undefined ? Buffer.alloc(0) : masker(mask)(document);
}

export function createDocument(state: EmulatorState, request: CreateDocumentRequest): Buffer {
  const { database: databaseName, segments } = parseParentName(request.parent);
  checkId(request.collectionId, 'Collection');
  const id =
    request.documentId === '' ? randomBytes(generatedIdBytes).toString('base64url') : request.documentId;
  checkId(id, 'Document');
  const path = [...segments, request.collectionId, id];
  const name = formatName({ database: databaseName, segments: path });
  const write: Partial<Write> = {
    operation: 'update',
    update: makeDocument(name, documentFields(request.document), 0, 0).encoded,
    currentDocument: { conditionType: 'exists', exists: false },
  };
  return writeOne(state.database(databaseName), path, write, request.mask);
}

export function updateDocument(state: EmulatorState, request: UpdateDocumentRequest): Buffer {
  const { database, segments } = parseDocumentName(documentName(request.document));
  const write: Partial<Write> = {
    operation: 'update',
    update: request.document,
    updateMask: request.updateMask,
    currentDocument: request.currentDocument,
  };
  return writeOne(state.database(database), segments, write, request.mask);
}

export function deleteDocument(state: EmulatorState, request: DeleteDocumentRequest): Buffer {
  const { database, segments } = parseDocumentName(request.name);
  const write: Partial<Write> = {
    operation: 'delete',
    delete: request.name,
    currentDocument: request.currentDocument,
  };
  return writeOne(state.database(database), segments, write, null);
}

export function begin(state: EmulatorState, request: BeginTransactionRequest): object {
  const database = state.database(request.database);
  return { transaction: beginTransaction(database, state.transactions, request.options).id };
}

export function rollback(state: EmulatorState, request: RollbackRequest): object {
  const database = state.database(request.database);
  // Of one that has ended there is nothing to undo: clients do it after a commit that was ABORTED.
  state.transactions.end(database, request.transaction);
  return {};
}
