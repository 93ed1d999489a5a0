import { Writer } from 'protobufjs/minimal.js';

/**
 * Requests of google.firestore.v1, encoded by hand: a few fields each, without an object tree on the hot path. Field
 * numbers are those of the published protos.
 */

const lengthDelimited = 2;
const ascending = 1;

function tag(field: number): number {
  return (field << 3) | lengthDelimited;
}

function bool(writer: Writer, field: number, value: boolean): Writer {
  return writer.uint32(field << 3).bool(value);
}

function int32(writer: Writer, field: number, value: number): Writer {
  return writer.uint32(field << 3).int32(value);
}

function text(writer: Writer, field: number, value: string): Writer {
  return writer.uint32(tag(field)).string(value);
}

function message(writer: Writer, field: number, write: (writer: Writer) => void): Writer {
  writer.uint32(tag(field)).fork();
  write(writer);
  return writer.ldelim();
}

function bytes(writer: Writer): Buffer {
  const encoded = writer.finish();
  return Buffer.from(encoded.buffer, encoded.byteOffset, encoded.byteLength);
}

function orderByName(structured: Writer): void {
  message(structured, 4, (order) => {
    message(order, 1, (field) => text(field, 2, '__name__'));
    int32(order, 2, ascending);
  });
}

/** Writes a cursor just before a document. */
function cursorBefore(cursor: Writer, name: string): void {
  message(cursor, 1, (value) => text(value, 5, name));
  bool(cursor, 2, true);
}

export function runQueryRequest(query: {
  /** The document whose collection is read. */
  parent: string;
  collectionId: string;
  /** Resource name of the document after which to start. */
  after: string | undefined;
  limit: number;
  keysOnly?: boolean;
}): Buffer {
  const { parent, collectionId, after, limit, keysOnly = false } = query;
  const request = text(Writer.create(), 1, parent);
  message(request, 2, (structured) => {
    if (keysOnly) {
      message(structured, 1, (select) => message(select, 2, (field) => text(field, 2, '__name__')));
    }
    message(structured, 2, (from) => text(from, 2, collectionId));
    orderByName(structured);
    message(structured, 5, (wrapper) => int32(wrapper, 1, limit));
    if (after !== undefined) {
      // A cursor that is not `before` its value starts after it.
      message(structured, 7, (cursor) => message(cursor, 1, (value) => text(value, 5, after)));
    }
  });
  return bytes(request);
}

export function batchGetRequest(query: {
  database: string;
  documents: readonly string[];
  keysOnly: boolean;
}): Buffer {
  const request = text(Writer.create(), 1, query.database);
  for (const name of query.documents) text(request, 2, name);
  if (query.keysOnly) message(request, 3, (mask) => text(mask, 1, '__name__'));
  return bytes(request);
}

/** A request for names only, including those of missing documents. */
export function listDocumentsRequest(query: {
  parent: string;
  collectionId: string;
  pageSize: number;
  pageToken: string | undefined;
}): Buffer {
  const { parent, collectionId, pageSize, pageToken } = query;
  const request = text(text(Writer.create(), 1, parent), 2, collectionId);
  int32(request, 3, pageSize);
  if (pageToken !== undefined) text(request, 4, pageToken);
  message(request, 7, () => undefined);
  return bytes(bool(request, 12, true));
}

export function listCollectionIdsRequest(query: { parent: string; pageSize: number }): Buffer {
  return bytes(int32(text(Writer.create(), 1, query.parent), 2, query.pageSize));
}

const countAlias = 'count';

export function countRequest(query: {
  parent: string;
  collectionId: string;
  /** The documents of the collection group with names between these two; absent: the parent's own collection. */
  group?: { readonly from: string; readonly before: string };
  /** The count's upper limit. */
  upTo?: number;
}): Buffer {
  const { parent, collectionId, group, upTo } = query;
  const request = text(Writer.create(), 1, parent);
  message(request, 2, (aggregation) => {
    message(aggregation, 1, (structured) => {
      message(structured, 2, (from) => {
        text(from, 2, collectionId);
        if (group !== undefined) bool(from, 3, true);
      });
      if (group === undefined) return;
      orderByName(structured);
      message(structured, 7, (cursor) => cursorBefore(cursor, group.from));
      message(structured, 8, (cursor) => cursorBefore(cursor, group.before));
    });
    message(aggregation, 3, (operator) => {
      message(operator, 1, (count) => {
        // An Int64Value, whose number is its first field.
        if (upTo !== undefined) message(count, 1, (limit) => int32(limit, 1, upTo));
      });
      text(operator, 7, countAlias);
    });
  });
  return bytes(request);
}
