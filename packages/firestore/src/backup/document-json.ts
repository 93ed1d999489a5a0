import { valueTags as tags } from '@migrator/core';
import { Reader } from 'protobufjs/minimal.js';

/** Firestore's JSON can't represent the document exactly. */
class NoJsonError extends Error {}

/**
 * An encoded Document as Firestore's JSON (proto3 JSON), fields in their order, without white space. Undefined if
 * that JSON can't represent it exactly, for example because of an unknown kind of value.
 */
export function documentJson(document: Uint8Array): string | undefined {
  try {
    return writeDocument(Reader.create(document));
  } catch (error) {
    // Errors of the reader: the bytes are no message.
    if (error instanceof NoJsonError || error instanceof RangeError || error instanceof TypeError)
      return undefined;
    if (error instanceof Error && /^(invalid|index out of range)/.test(error.message)) return undefined;
    throw error;
  }
}

function writeDocument(reader: Reader): string {
  let name = '""';
  const fields: string[] = [];
  let times = '';
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if (tag === tags.DOCUMENT_NAME) name = writeText(reader);
    else if (tag === tags.DOCUMENT_FIELD) fields.push(writeField(reader));
    else if (tag === tags.DOCUMENT_CREATE_TIME) times += `,"createTime":${writeTimestamp(reader)}`;
    else if (tag === tags.DOCUMENT_UPDATE_TIME) times += `,"updateTime":${writeTimestamp(reader)}`;
    else throw new NoJsonError();
  }
  const all = fields.length === 0 ? '' : `,"fields":{${fields.join(',')}}`;
  return `{"name":${name}${all}${times}}`;
}

/** Reads a length and returns the end of its message. */
function endOf(reader: Reader): number {
  const length = reader.uint32();
  const end = reader.pos + length;
  if (end > reader.len) throw new NoJsonError();
  return end;
}

function writeField(reader: Reader): string {
  const end = endOf(reader);
  let name = '""';
  let value: string | undefined;
  while (reader.pos < end) {
    const tag = reader.uint32();
    if (tag === tags.ENTRY_KEY) name = writeText(reader);
    else if (tag === tags.ENTRY_VALUE) value = writeValue(reader);
    else throw new NoJsonError();
  }
  if (value === undefined) throw new NoJsonError();
  return `${name}:${value}`;
}

function writeValue(reader: Reader): string {
  const end = endOf(reader);
  if (reader.pos === end) throw new NoJsonError();
  const value = writeKind(reader, reader.uint32());
  // A second kind in one value.
  if (reader.pos !== end) throw new NoJsonError();
  return value;
}

function writeKind(reader: Reader, tag: number): string {
  switch (tag) {
    case tags.NULL_VALUE:
      reader.uint32();
      return '{"nullValue":null}';
    case tags.BOOLEAN_VALUE:
      return `{"booleanValue":${reader.bool()}}`;
    case tags.INTEGER_VALUE:
      return `{"integerValue":"${readInteger(reader)}"}`;
    case tags.DOUBLE_VALUE:
      return `{"doubleValue":${writeDouble(reader.double())}}`;
    case tags.TIMESTAMP_VALUE:
      return `{"timestampValue":${writeTimestamp(reader)}}`;
    case tags.STRING_VALUE:
      return `{"stringValue":${writeText(reader)}}`;
    case tags.BYTES_VALUE:
      return `{"bytesValue":"${Buffer.from(reader.bytes()).toString('base64')}"}`;
    case tags.REFERENCE_VALUE:
      return `{"referenceValue":${writeText(reader)}}`;
    case tags.GEO_POINT_VALUE:
      return `{"geoPointValue":${writeGeoPoint(reader)}}`;
    case tags.ARRAY_VALUE:
      return `{"arrayValue":${writeElements(reader, writeValue, (all) => `{"values":[${all}]}`)}}`;
    case tags.MAP_VALUE:
      return `{"mapValue":${writeElements(reader, writeField, (all) => `{"fields":{${all}}}`)}}`;
    default:
      throw new NoJsonError();
  }
}

function writeElements(
  reader: Reader,
  writeOne: (reader: Reader) => string,
  enclose: (all: string) => string,
): string {
  const end = endOf(reader);
  const all: string[] = [];
  while (reader.pos < end) {
    if (reader.uint32() !== tags.ELEMENT) throw new NoJsonError();
    all.push(writeOne(reader));
  }
  return all.length === 0 ? '{}' : enclose(all.join(','));
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function writeText(reader: Reader): string {
  return JSON.stringify(utf8.decode(reader.bytes()));
}

/** JSON has no NaN and infinities; proto3 JSON writes them as strings. */
function writeDouble(value: number): string {
  if (!Number.isFinite(value)) return `"${value}"`;
  return Object.is(value, -0) ? '-0' : String(value);
}

function writeGeoPoint(reader: Reader): string {
  const end = endOf(reader);
  const parts: string[] = [];
  while (reader.pos < end) {
    const tag = reader.uint32();
    if (tag === tags.LATITUDE) parts.push(`"latitude":${writeDouble(reader.double())}`);
    else if (tag === tags.LONGITUDE) parts.push(`"longitude":${writeDouble(reader.double())}`);
    else throw new NoJsonError();
  }
  return `{${parts.join(',')}}`;
}

/** With 0, 3, 6 or 9 fractional digits: the fewest that are exact. */
function writeTimestamp(reader: Reader): string {
  const end = endOf(reader);
  let seconds = 0n;
  let nanos = 0;
  while (reader.pos < end) {
    const tag = reader.uint32();
    if (tag === tags.SECONDS) seconds = readInteger(reader);
    else if (tag === tags.NANOS) nanos = reader.int32();
    else throw new NoJsonError();
  }
  if (nanos < 0 || nanos > 999_999_999) throw new NoJsonError();
  // Throws a RangeError for an invalid date.
  const text = new Date(Number(seconds) * 1_000).toISOString();
  if (text.length !== '0000-00-00T00:00:00.000Z'.length) throw new NoJsonError();
  return `"${text.slice(0, '0000-00-00T00:00:00'.length)}${fractionOf(nanos)}Z"`;
}

function fractionOf(nanos: number): string {
  if (nanos === 0) return '';
  const digits = String(nanos).padStart(9, '0');
  if (nanos % 1_000 !== 0) return `.${digits}`;
  return `.${digits.slice(0, nanos % 1_000_000 === 0 ? 3 : 6)}`;
}

function readInteger(reader: Reader): bigint {
  const { low, high } = reader.int64() as { low: number; high: number };
  return (BigInt(high) << 32n) | BigInt(low >>> 0);
}
