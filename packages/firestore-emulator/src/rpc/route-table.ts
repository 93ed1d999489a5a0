import type { UntypedServiceImplementation } from '@grpc/grpc-js';
import type { EmulatorState } from './emulator-state.ts';
import { serverStream, unary } from './handlers.ts';
import { listCollectionIds, listDocuments } from './list-handlers.ts';
import { partitionQuery, runAggregationQuery, runQuery } from './query-handlers.ts';
import { batchGetDocuments, getDocument } from './read-handlers.ts';
import {
  begin,
  rollback,
  batchWrite,
  commitWrites,
  createDocument,
  deleteDocument,
  updateDocument,
} from './write-handlers.ts';
import { unsupportedListen, unsupportedStream } from './unsupported-handlers.ts';

/** Which function answers which method of google.firestore.v1.Firestore. */
export function routeTable(state: EmulatorState): UntypedServiceImplementation {
  return {
    GetDocument: unary(state, getDocument),
    BatchGetDocuments: serverStream(state, batchGetDocuments),
    ListDocuments: unary(state, listDocuments),
    ListCollectionIds: unary(state, listCollectionIds),
    RunQuery: serverStream(state, runQuery),
    RunAggregationQuery: serverStream(state, runAggregationQuery),
    PartitionQuery: unary(state, partitionQuery),
    CreateDocument: unary(state, createDocument),
    UpdateDocument: unary(state, updateDocument),
    DeleteDocument: unary(state, deleteDocument),
    Commit: unary(state, commitWrites),
    BatchWrite: unary(state, batchWrite),
    BeginTransaction: unary(state, begin),
    Rollback: unary(state, rollback),
    Listen: unsupportedListen,
    Write: unsupportedStream('streaming writes (Write)'),
    ExecutePipeline: unsupportedStream('pipelines (ExecutePipeline)'),
  };
}
