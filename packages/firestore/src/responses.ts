import { MigrationError } from '@migrator/core';
import { Reader } from 'protobufjs/minimal.js';
import { timestampText } from './timestamp-text.ts';

/** Decodes the needed fields of google.firestore.v1 responses. All others are skipped. */

/** The first occurrence of a length-delimited field; not copied. */
function submessage(message: Uint8Array, field: number): Uint8Array | undefined {
  const reader = Reader.create(message);
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if (tag >>> 3 === field) {
      const length = reader.uint32();
      return message.subarray(reader.pos, reader.pos + length);
    }
    reader.skipType(tag & 7);
  }
  return undefined;
}

/** A document in a response. */
export interface AnsweredDocument {
  /** The encoded Document; not copied. */
  readonly document: Uint8Array;
  /** The last segment of its name. */
  readonly id: string;
  /** ISO 8601 in UTC, six digits; absent for a missing document. */
  readonly updateTime: string | undefined;
}

const SLASH = 0x2f;
/** One reader for all messages, so that reading allocates only the result. */
const messageReader = new Reader(new Uint8Array(0));

/**
 * The Document in a RunQueryResponse or a BatchGetDocumentsResponse (the same field in both). Undefined for messages
 * about progress or about a missing document.
 */
export function answeredDocument(response: Buffer): AnsweredDocument | undefined {
  const reader = messageReader;
  reader.buf = response;
  reader.pos = 0;
  reader.len = response.length;
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if (tag >>> 3 === 1) return readDocument(response, reader, reader.uint32());
    reader.skipType(tag & 7);
  }
  return undefined;
}

function readDocument(response: Buffer, reader: Reader, length: number): AnsweredDocument {
  const from = reader.pos;
  const end = from + length;
  let nameFrom = from;
  let nameTo = from;
  let updateTime: string | undefined;
  while (reader.pos < end) {
    const tag = reader.uint32();
    switch (tag >>> 3) {
      case 1: {
        const nameLength = reader.uint32();
        nameFrom = reader.pos;
        nameTo = nameFrom + nameLength;
        reader.skip(nameLength);
        break;
      }
      case 4:
        updateTime = readTimestamp(reader, reader.uint32());
        break;
      default:
        reader.skipType(tag & 7);
    }
  }
  // Decode only the id: it contains no slash, and no other character has a slash's byte in UTF-8.
  let idFrom = nameTo;
  while (idFrom > nameFrom && response[idFrom - 1] !== SLASH) idFrom -= 1;
  return {
    document: response.subarray(from, end),
    id: response.toString('utf8', idFrom, nameTo),
    updateTime,
  };
}

/** The full name of an encoded Document. */
export function nameOf(document: Uint8Array): string {
  return Buffer.from(submessage(document, 1) ?? '').toString();
}

/** Exact up to 2⁵³, which seconds and counts never exceed. */
function readInt64(reader: Reader): number {
  const { low, high } = reader.int64();
  return high * 2 ** 32 + (low >>> 0);
}

function readTimestamp(reader: Reader, length: number): string {
  const end = reader.pos + length;
  let seconds = 0;
  let nanos = 0;
  while (reader.pos < end) {
    const tag = reader.uint32();
    switch (tag >>> 3) {
      case 1:
        seconds = readInt64(reader);
        break;
      case 2:
        nanos = reader.int32();
        break;
      default:
        reader.skipType(tag & 7);
    }
  }
  return timestampText(seconds, Math.floor(nanos / 1000));
}

export function listedDocuments(response: Buffer): {
  documents: readonly AnsweredDocument[];
  nextPageToken: string;
} {
  const reader = Reader.create(response);
  const documents: AnsweredDocument[] = [];
  let nextPageToken = '';
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    switch (tag >>> 3) {
      case 1:
        documents.push(readDocument(response, reader, reader.uint32()));
        break;
      case 2:
        nextPageToken = reader.string();
        break;
      default:
        reader.skipType(tag & 7);
    }
  }
  return { documents, nextPageToken };
}

/** The ids in a ListCollectionIdsResponse. */
export function listedCollectionIds(response: Buffer): readonly string[] {
  const reader = Reader.create(response);
  const ids: string[] = [];
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if (tag >>> 3 === 1) ids.push(reader.string());
    else reader.skipType(tag & 7);
  }
  return ids;
}

/** The only aggregate of a RunAggregationQueryResponse; undefined for messages about progress. */
export function aggregateCount(response: Uint8Array): number | undefined {
  const result = submessage(response, 1);
  if (result === undefined) return undefined;
  const field = submessage(result, 2);
  const value = field === undefined ? undefined : submessage(field, 2);
  if (value !== undefined) {
    const reader = Reader.create(value);
    while (reader.pos < reader.len) {
      const tag = reader.uint32();
      if (tag >>> 3 === 2) return readInt64(reader);
      reader.skipType(tag & 7);
    }
  }
  throw new MigrationError('SOURCE_INVALID', 'Firestore answered a count without a number.');
}
