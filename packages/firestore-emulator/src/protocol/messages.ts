/*
 * The request messages as the handlers see them: protobufjs's plain objects of Google's published protos, where
 * each `Document` and `Value` is left as its encoded bytes (see firestore-protocol.ts).
 */

export interface ProtoTimestamp {
  readonly seconds: number;
  readonly nanos: number;
}

export interface DocumentMask {
  readonly fieldPaths: readonly string[];
}

export interface Precondition {
  readonly conditionType?: 'exists' | 'updateTime' | undefined;
  readonly exists?: boolean;
  readonly updateTime?: ProtoTimestamp;
}

export interface TransactionOptions {
  readonly mode?: 'readOnly' | 'readWrite' | undefined;
  readonly readOnly?: { readonly readTime?: ProtoTimestamp | null };
}

/** The version of the data that a read requests. At most one of the three is set. */
export interface Consistency {
  readonly consistencySelector?: 'transaction' | 'newTransaction' | 'readTime' | undefined;
  readonly transaction?: Uint8Array;
  readonly newTransaction?: TransactionOptions;
  readonly readTime?: ProtoTimestamp;
}

export interface GetDocumentRequest extends Consistency {
  readonly name: string;
  readonly mask: DocumentMask | null;
}

export interface ListDocumentsRequest extends Consistency {
  readonly parent: string;
  readonly collectionId: string;
  readonly pageSize: number;
  readonly pageToken: string;
  readonly orderBy: string;
  readonly mask: DocumentMask | null;
  readonly showMissing: boolean;
}

export interface BatchGetDocumentsRequest extends Consistency {
  readonly database: string;
  readonly documents: readonly string[];
  readonly mask: DocumentMask | null;
}

export interface CreateDocumentRequest {
  readonly parent: string;
  readonly collectionId: string;
  readonly documentId: string;
  readonly document: Uint8Array;
  readonly mask: DocumentMask | null;
}

export interface UpdateDocumentRequest {
  readonly document: Uint8Array;
  readonly updateMask: DocumentMask | null;
  readonly mask: DocumentMask | null;
  readonly currentDocument: Precondition | null;
}

export interface DeleteDocumentRequest {
  readonly name: string;
  readonly currentDocument: Precondition | null;
}

export interface FieldTransform {
  readonly fieldPath: string;
  readonly transformType?:
    | 'setToServerValue'
    | 'increment'
    | 'maximum'
    | 'minimum'
    | 'appendMissingElements'
    | 'removeAllFromArray'
    | undefined;
  readonly setToServerValue?: string;
  readonly increment?: Uint8Array;
  readonly maximum?: Uint8Array;
  readonly minimum?: Uint8Array;
  readonly appendMissingElements?: { readonly values: readonly Uint8Array[] };
  readonly removeAllFromArray?: { readonly values: readonly Uint8Array[] };
}

export interface Write {
  readonly operation?: 'update' | 'delete' | 'transform' | undefined;
  readonly update?: Uint8Array;
  readonly delete?: string;
  readonly transform?: { readonly document: string; readonly fieldTransforms: readonly FieldTransform[] };
  readonly updateMask: DocumentMask | null;
  readonly updateTransforms: readonly FieldTransform[];
  readonly currentDocument: Precondition | null;
}

export interface WriteResult {
  readonly updateTime: ProtoTimestamp | null;
  readonly transformResults: readonly Uint8Array[];
}

export interface CommitRequest {
  readonly database: string;
  readonly writes: readonly Write[];
  readonly transaction: Uint8Array;
}

export interface BatchWriteRequest {
  readonly database: string;
  readonly writes: readonly Write[];
}

export interface BeginTransactionRequest {
  readonly database: string;
  readonly options: TransactionOptions | null;
}

export interface RollbackRequest {
  readonly database: string;
  readonly transaction: Uint8Array;
}

export interface ListCollectionIdsRequest extends Consistency {
  readonly parent: string;
  readonly pageSize: number;
  readonly pageToken: string;
}

export interface FieldReference {
  readonly fieldPath: string;
}

export interface FilterMessage {
  readonly filterType?: 'compositeFilter' | 'fieldFilter' | 'unaryFilter' | undefined;
  readonly compositeFilter?: { readonly op: string; readonly filters: readonly FilterMessage[] };
  readonly fieldFilter?: {
    readonly field: FieldReference | null;
    readonly op: string;
    readonly value: Uint8Array;
  };
  readonly unaryFilter?: { readonly field?: FieldReference; readonly op: string };
}

export interface CursorMessage {
  readonly values: readonly Uint8Array[];
  readonly before: boolean;
}

export interface StructuredQuery {
  readonly select: { readonly fields: readonly FieldReference[] } | null;
  readonly from: readonly { readonly collectionId: string; readonly allDescendants: boolean }[];
  readonly where: FilterMessage | null;
  readonly orderBy: readonly { readonly field: FieldReference | null; readonly direction: string }[];
  readonly startAt: CursorMessage | null;
  readonly endAt: CursorMessage | null;
  readonly offset: number;
  readonly limit: { readonly value: number } | null;
  readonly findNearest: object | null;
}

export interface RunQueryRequest extends Consistency {
  readonly parent: string;
  readonly structuredQuery?: StructuredQuery;
  readonly explainOptions: object | null;
}

export interface AggregationMessage {
  readonly operator?: 'count' | 'sum' | 'avg' | undefined;
  readonly count?: { readonly upTo: { readonly value: number } | null };
  readonly sum?: { readonly field: FieldReference | null };
  readonly avg?: { readonly field: FieldReference | null };
  readonly alias: string;
}

export interface RunAggregationQueryRequest extends Consistency {
  readonly parent: string;
  readonly structuredAggregationQuery?: {
    readonly structuredQuery?: StructuredQuery;
    readonly aggregations: readonly AggregationMessage[];
  };
  readonly explainOptions: object | null;
}

export interface PartitionQueryRequest extends Consistency {
  readonly parent: string;
  readonly structuredQuery?: StructuredQuery;
  readonly partitionCount: number;
  readonly pageToken: string;
  readonly pageSize: number;
}
