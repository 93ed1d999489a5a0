import { status } from '@grpc/grpc-js';
import { parseDocumentName } from '../names/resource-name.ts';
import type { BatchGetDocumentsRequest, DocumentMask, GetDocumentRequest } from '../protocol/messages.ts';
import { RpcError, invalidArgument } from '../protocol/rpc-error.ts';
import { documentFields, withFields, type StoredDocument } from '../store/stored-document.ts';
import { openRead, readDocument } from '../transactions/read-session.ts';
import { parseFieldMask, pickFields } from '../values/field-mask.ts';
import { toProtoTimestamp } from '../wire/timestamp.ts';
import type { EmulatorState } from './emulator-state.ts';

/** A function that encodes a document with the fields that a mask takes; all without one. */
export function masker(mask: DocumentMask | null): (document: StoredDocument) => Buffer {
  if (mask === null) return (document) => document.encoded;
  const fields = parseFieldMask(mask.fieldPaths);
  return (document) => withFields(document, pickFields(documentFields(document.encoded), fields)).encoded;
}

export function getDocument(state: EmulatorState, request: GetDocumentRequest): Buffer {
  const path = parseDocumentName(request.name);
  const database = state.database(path.database);
  const session = openRead(database, state.transactions, request);
  const document = readDocument(database, session, path.segments);
  if (document === undefined) {
    throw new RpcError(status.NOT_FOUND, `Document "${request.name}" not found.`);
  }
  return masker(request.mask)(document);
}

export function batchGetDocuments(state: EmulatorState, request: BatchGetDocumentsRequest): object[] {
  const database = state.database(request.database);
  const paths = new Map(request.documents.map((name) => [name, parseDocumentName(name)]));
  for (const [name, path] of paths) {
    if (path.database !== request.database) {
      throw invalidArgument(`Document "${name}" is not in the request's database "${request.database}".`);
    }
  }
  const encode = masker(request.mask);
  const session = openRead(database, state.transactions, request);
  const readTime = toProtoTimestamp(session.readTime);
  const responses: object[] = [];
  if (session.newTransactionId !== undefined) {
    responses.push({ transaction: session.newTransactionId, readTime });
  }
  for (const [name, path] of paths) {
    const document = readDocument(database, session, path.segments);
    responses.push(
      document === undefined ? { missing: name, readTime } : { found: encode(document), readTime },
    );
  }
  return responses;
}
