import { valueTags as tags } from '@migrator/core';
import { Writer } from 'protobufjs/minimal.js';

import { JsonText } from './json-text.ts';

export interface ParsedDocument {
  readonly name: string;
  /** The update time as in the JSON. */
  readonly updateTime: string | undefined;
  /** The encoded Document. */
  readonly document: Uint8Array;
}

/**
 * Encodes a Document in Firestore's JSON, fields in their order. If the JSON has a member `encoded`, that is the
 * document in base64. Throws a SyntaxError for any other text.
 */
export function parseDocument(text: string): ParsedDocument {
  const json = new JsonText(text);
  const writer = Writer.create();
  let name = '';
  let updateTime: string | undefined;
  let encoded: Uint8Array | undefined;
  json.object((key) => {
    switch (key) {
      case 'name':
        name = json.string();
        writer.uint32(tags.DOCUMENT_NAME).string(name);
        break;
      case 'fields':
        json.object((field) => writeField(writer.uint32(tags.DOCUMENT_FIELD), field, json));
        break;
      case 'createTime':
        writeTimestamp(writer.uint32(tags.DOCUMENT_CREATE_TIME), json);
        break;
      case 'updateTime':
        updateTime = json.string();
        writeTime(writer.uint32(tags.DOCUMENT_UPDATE_TIME), updateTime, json);
        break;
      case 'encoded':
        encoded = bytesOf(json);
        break;
      default:
        throw json.unexpected(`member ${key}`);
    }
  });
  json.end();
  return { name, updateTime, document: encoded ?? writer.finish() };
}

function writeField(writer: Writer, name: string, json: JsonText): void {
  writer.fork().uint32(tags.ENTRY_KEY).string(name);
  writeValue(writer.uint32(tags.ENTRY_VALUE), json);
  writer.ldelim();
}

function writeValue(writer: Writer, json: JsonText): void {
  writer.fork();
  let kinds = 0;
  json.object((kind) => {
    kinds += 1;
    writeKind(writer, kind, json);
  });
  if (kinds !== 1) throw json.unexpected('a value of no kind, or of several');
  writer.ldelim();
}

function writeKind(writer: Writer, kind: string, json: JsonText): void {
  switch (kind) {
    case 'nullValue':
      json.take('null');
      writer.uint32(tags.NULL_VALUE).int32(0);
      return;
    case 'booleanValue':
      writer.uint32(tags.BOOLEAN_VALUE).bool(json.boolean());
      return;
    case 'integerValue':
      writeInteger(writer.uint32(tags.INTEGER_VALUE), integerOf(json));
      return;
    case 'doubleValue':
      writer.uint32(tags.DOUBLE_VALUE).double(doubleOf(json));
      return;
    case 'timestampValue':
      writeTimestamp(writer.uint32(tags.TIMESTAMP_VALUE), json);
      return;
    case 'stringValue':
      writer.uint32(tags.STRING_VALUE).string(json.string());
      return;
    case 'bytesValue':
      writer.uint32(tags.BYTES_VALUE).bytes(bytesOf(json));
      return;
    case 'referenceValue':
      writer.uint32(tags.REFERENCE_VALUE).string(json.string());
      return;
    case 'geoPointValue':
      writeGeoPoint(writer.uint32(tags.GEO_POINT_VALUE), json);
      return;
    case 'arrayValue':
      writer.uint32(tags.ARRAY_VALUE).fork();
      within(json, 'values', () => json.array(() => writeValue(writer.uint32(tags.ELEMENT), json)));
      writer.ldelim();
      return;
    case 'mapValue':
      writer.uint32(tags.MAP_VALUE).fork();
      within(json, 'fields', () =>
        json.object((name) => writeField(writer.uint32(tags.ELEMENT), name, json)),
      );
      writer.ldelim();
      return;
    default:
      throw json.unexpected(`kind ${kind}`);
  }
}

/** An object with this member only, or with none. */
function within(json: JsonText, member: string, read: () => void): void {
  json.object((key) => {
    if (key !== member) throw json.unexpected(`member ${key}`);
    read();
  });
}

function integerOf(json: JsonText): bigint {
  const digits = json.string();
  if (!/^-?\d{1,19}$/.test(digits) || BigInt.asIntN(64, BigInt(digits)) !== BigInt(digits))
    throw json.unexpected(`integer ${digits}`);
  return BigInt(digits);
}

function writeInteger(writer: Writer, value: bigint): void {
  writer.int64({
    low: Number(BigInt.asIntN(32, value)),
    high: Number(BigInt.asIntN(32, value >> 32n)),
    unsigned: false,
  });
}

function doubleOf(json: JsonText): number {
  if (!json.isString()) return json.number();
  const word = json.string();
  if (word !== 'NaN' && word !== 'Infinity' && word !== '-Infinity') throw json.unexpected(`double ${word}`);
  return Number(word);
}

function bytesOf(json: JsonText): Buffer {
  const text = json.string();
  const bytes = Buffer.from(text, 'base64');
  if (bytes.toString('base64') !== text) throw json.unexpected('Base64');
  return bytes;
}

function writeGeoPoint(writer: Writer, json: JsonText): void {
  writer.fork();
  json.object((key) => {
    if (key === 'latitude') writer.uint32(tags.LATITUDE).double(doubleOf(json));
    else if (key === 'longitude') writer.uint32(tags.LONGITUDE).double(doubleOf(json));
    else throw json.unexpected(`member ${key}`);
  });
  writer.ldelim();
}

function writeTimestamp(writer: Writer, json: JsonText): void {
  writeTime(writer, json.string(), json);
}

function writeTime(writer: Writer, text: string, json: JsonText): void {
  const [, toSecond, fraction = ''] = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?Z$/.exec(text) ?? [];
  const seconds = Date.parse(`${toSecond}Z`) / 1_000;
  if (!Number.isInteger(seconds)) throw json.unexpected(`time ${text}`);
  const nanos = Number(fraction.padEnd(9, '0'));
  writer.fork();
  if (seconds !== 0) writeInteger(writer.uint32(tags.SECONDS), BigInt(seconds));
  if (nanos !== 0) writer.uint32(tags.NANOS).int32(nanos);
  writer.ldelim();
}
