import type {
  PartitionQueryRequest,
  RunAggregationQueryRequest,
  RunQueryRequest,
} from '../protocol/messages.ts';
import { invalidArgument, unsupported } from '../protocol/rpc-error.ts';
import { parseAggregations } from '../query/aggregate.ts';
import { evaluateQuery, projectDocument } from '../query/evaluate-query.ts';
import { parseQuery } from '../query/parse-query.ts';
import { documentName } from '../store/stored-document.ts';
import { openRead, rememberQuery } from '../transactions/read-session.ts';
import { encodeReference } from '../values/encode-value.ts';
import { encodeTimestamp, toProtoTimestamp } from '../wire/timestamp.ts';
import { delimitedSize, writeDelimitedHead } from '../wire/wire.ts';
import type { EmulatorState } from './emulator-state.ts';
import { pageSizeOf } from './page-token.ts';

const documentNumber = 1;
const readTimeNumber = 3;
const maximumPartitions = 10_000;

function checkExplain(options: object | null): void {
  if (options !== null) throw unsupported('explaining a query (explain_options)');
}

/** An encoded RunQueryResponse around an encoded document, spliced since this is where most bytes go through. */
function queryResponse(document: Buffer, readTime: Buffer): Buffer {
  const bytes = Buffer.allocUnsafe(delimitedSize(document.length) + delimitedSize(readTime.length));
  let at = writeDelimitedHead(bytes, 0, documentNumber, document.length);
  at += document.copy(bytes, at);
  at = writeDelimitedHead(bytes, at, readTimeNumber, readTime.length);
  readTime.copy(bytes, at);
  return bytes;
}

export function runQuery(state: EmulatorState, request: RunQueryRequest): Iterable<object> {
  checkExplain(request.explainOptions);
  const query = parseQuery(request.parent, request.structuredQuery);
  const database = state.database(query.database);
  const session = openRead(database, state.transactions, request);
  rememberQuery(session, query.scope.collectionId);
  const { documents, skipped } = evaluateQuery(database, query);
  const readTime = encodeTimestamp(session.readTime);
  return (function* responses(): Generator<object, void, undefined> {
    if (session.newTransactionId !== undefined) yield { transaction: session.newTransactionId };
    if (skipped > 0 || documents.length === 0) {
      yield { readTime: toProtoTimestamp(session.readTime), skippedResults: skipped };
    }
    for (const document of documents) yield queryResponse(projectDocument(document, query), readTime);
  })();
}

export function runAggregationQuery(state: EmulatorState, request: RunAggregationQueryRequest): object[] {
  checkExplain(request.explainOptions);
  const { structuredAggregationQuery } = request;
  const { paths, results } = parseAggregations(structuredAggregationQuery?.aggregations ?? []);
  const { structuredQuery } = structuredAggregationQuery ?? {};
  if (paths.length > 0 && (structuredQuery?.select ?? null) !== null) {
    throw invalidArgument('A query that adds up fields can not select fields.');
  }
  const query = parseQuery(request.parent, structuredQuery, paths);
  const database = state.database(query.database);
  const session = openRead(database, state.transactions, request);
  rememberQuery(session, query.scope.collectionId);
  const aggregateFields = results(evaluateQuery(database, query).documents);
  const response = { result: { aggregateFields }, readTime: toProtoTimestamp(session.readTime) };
  return [
    session.newTransactionId === undefined
      ? response
      : { ...response, transaction: session.newTransactionId },
  ];
}

export function partitionQuery(state: EmulatorState, request: PartitionQueryRequest): object {
  const { partitionCount } = request;
  if (partitionCount < 1) throw invalidArgument('The partition count must be positive.');
  const query = parseQuery(request.parent, request.structuredQuery);
  if (!query.scope.allDescendants || query.filter !== undefined || query.orders.length > 1) {
    throw invalidArgument('Only a collection group query ordered by name can be partitioned.');
  }
  const database = state.database(query.database);
  openRead(database, state.transactions, request);
  const { documents } = evaluateQuery(database, query);
  // So many points cut the documents into one part more.
  const parts = Math.min(partitionCount + 1, maximumPartitions, documents.length);
  const from = request.pageToken === '' ? 1 : Number(request.pageToken);
  if (!Number.isSafeInteger(from) || from < 1) {
    throw invalidArgument(`The page token "${request.pageToken}" is invalid.`);
  }
  const to = Math.min(parts, from + pageSizeOf(request.pageSize, maximumPartitions, maximumPartitions));
  const partitions: object[] = [];
  for (let index = from; index < to; index += 1) {
    const document = documents[Math.floor((index * documents.length) / parts)];
    if (document !== undefined) {
      partitions.push({ values: [encodeReference(documentName(document.encoded))], before: true });
    }
  }
  return { partitions, nextPageToken: to < parts ? String(to) : '' };
}
