import { nameField } from '../names/field-path.ts';
import { checkId, parseParentName } from '../names/resource-name.ts';
import type { ListCollectionIdsRequest, ListDocumentsRequest } from '../protocol/messages.ts';
import { invalidArgument, unsupported } from '../protocol/rpc-error.ts';
import type { DocumentNode } from '../store/document-tree.ts';
import { openRead, readDocument, rememberQuery } from '../transactions/read-session.ts';
import { delimitedSize, writeDelimitedHead } from '../wire/wire.ts';
import type { EmulatorState } from './emulator-state.ts';
import { idBeforePage, pageSizeOf, pageTokenAfter } from './page-token.ts';
import { masker } from './read-handlers.ts';

const maximumPageSize = 300;
const unboundedPage = 100_000;
const nameNumber = 1;

/** The encoded Document of a place without a document: only a name. */
function missingDocument(name: string): Buffer {
  const length = Buffer.byteLength(name);
  const bytes = Buffer.allocUnsafe(delimitedSize(length));
  bytes.write(name, writeDelimitedHead(bytes, 0, nameNumber, length));
  return bytes;
}

/** Whether the order is downwards. Only the order by name is known here. */
function isDescending(orderBy: string, showMissing: boolean): boolean {
  const text = orderBy.trim();
  if (text === '') return false;
  if (showMissing) throw invalidArgument('A request with show_missing must not have an order.');
  const match = /^(\S+)(?:\s+(asc|desc))?$/i.exec(text);
  if (match?.[1] !== nameField) throw unsupported(`listing documents ordered by "${text}"`);
  return match[2]?.toLowerCase() === 'desc';
}

function* pageOf(
  nodes: Iterable<DocumentNode>,
  after: string | undefined,
  showMissing: boolean,
): Generator<DocumentNode, void, undefined> {
  for (const node of nodes) {
    if (node.id !== after && (showMissing || node.document !== undefined)) yield node;
  }
}

export function listDocuments(state: EmulatorState, request: ListDocumentsRequest): object {
  const { collectionId, showMissing } = request;
  const { database: databaseName, segments } = parseParentName(request.parent);
  if (collectionId === '') throw unsupported('listing the documents of all collections at once');
  checkId(collectionId, 'Collection');
  const after = idBeforePage(request.pageToken);
  // With `showMissing` old clients send -1, which Firestore accepts.
  const requested = showMissing ? Math.max(request.pageSize, 0) : request.pageSize;
  const pageSize = pageSizeOf(requested, maximumPageSize, maximumPageSize);
  const descending = isDescending(request.orderBy, showMissing);
  const encode = masker(request.mask);
  const database = state.database(databaseName);
  const session = openRead(database, state.transactions, request);
  rememberQuery(session, collectionId);

  const nodes = database.tree.find(segments)?.collections?.get(collectionId)?.nodes;
  const documents: Buffer[] = [];
  let last: DocumentNode | undefined;
  const places = nodes === undefined ? [] : descending ? nodes.descending(after) : nodes.ascending(after);
  for (const node of pageOf(places, after, showMissing)) {
    if (documents.length === pageSize) return { documents, nextPageToken: pageTokenAfter(last?.id ?? '') };
    const path = [...segments, collectionId, node.id];
    const document = readDocument(database, session, path);
    documents.push(document === undefined ? missingDocument(database.nameOf(path)) : encode(document));
    last = node;
  }
  return { documents, nextPageToken: '' };
}

export function listCollectionIds(state: EmulatorState, request: ListCollectionIdsRequest): object {
  const { database: databaseName, segments } = parseParentName(request.parent);
  const after = idBeforePage(request.pageToken);
  const pageSize = pageSizeOf(request.pageSize, unboundedPage, unboundedPage);
  const database = state.database(databaseName);
  openRead(database, state.transactions, request);
  const collectionIds: string[] = [];
  for (const { id } of database.tree.find(segments)?.collections?.ascending(after) ?? []) {
    if (id === after) continue;
    if (collectionIds.length === pageSize) {
      return { collectionIds, nextPageToken: pageTokenAfter(collectionIds.at(-1) ?? '') };
    }
    collectionIds.push(id);
  }
  return { collectionIds, nextPageToken: '' };
}
